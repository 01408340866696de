"""How Sphinx builds the site: nox -s docs, or sphinx-build -W docs build/docs."""

import sys
from pathlib import Path

import harmonia

HERE = Path(__file__).parent
# For the scripts beside this one, and what the tests know of the public names.
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

project = "harmonia"
author = "the authors of harmonia"
version = release = harmonia.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["examples"]
language = "en"

# Pages.
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
OUTSIDE = {  # pages that lie beside docs/, and what stands for them here
    "../integrations/harmonia-comfyui/README.md": "comfyui.md",
    "../../README.md": "index.md",
    "docs/guide/extending.md": "guide/extending.md",
    "README.md": "benchmarks.md",
    "credits.csv": "../python/harmonia/models/credits.csv",
}

# Docstrings: `name` is a link where it is one of harmonia's, and code otherwise.
default_role = "py:obj"
add_module_names = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_custom_sections = ["Result"]

# Looks.
html_theme = "pydata_sphinx_theme"
html_title = f"harmonia {version}"
html_static_path = ["_static"]
html_css_files = ["harmonia.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "header_links_before_dropdown": 6,
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "logo": {"text": "harmonia"},
}
html_sidebars = {"index": [], "changelog": [], "security": [], "contributing": []}
copyright = "the authors of harmonia, Apache-2.0"

# The gallery.
sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"/plot_",
    "plot_gallery": "True",
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 10,
    "within_subsection_order": "gallery_order.InOrder",
    "copyfile_regex": r".*\.rst",
}


def with_pages_of_the_site(text: str) -> str:
    """Links to files beside docs/ lead to the pages that show them."""
    for path, page in OUTSIDE.items():
        text = text.replace(f"]({path})", f"]({page})")
    return text


def source_read(app, name, source):
    source[0] = with_pages_of_the_site(source[0])


def include_read(app, path, parent, source):
    source[0] = with_pages_of_the_site(source[0])


def end_sections(app, what, name, value, options, lines):
    """Mark where the prose and the examples behind Parameters begin, before napoleon looks.

    Without a heading it would take them for parameters.
    """
    lines[:] = with_headings(lines)


def with_headings(lines: list[str]) -> list[str]:
    found: list[str] = []
    inside = ""
    for i, line in enumerate(lines):
        following = lines[i + 1] if i + 1 < len(lines) else ""
        starts = bool(line) and not line.startswith(" ") and not (i and lines[i - 1].strip())
        if following and set(following) == {"-"}:
            inside = line
            line = "Result" if line == "Returns" else line  # prose here, not a list of types
        elif starts and inside and line.startswith(">>>"):
            found += ["Examples", "--------"]
            inside = ""
        elif starts and inside in ("Parameters", "Attributes") and not following.startswith(" "):
            found += ["Notes", "-----"]
            inside = "Notes"
        found.append("-" * len(found[-1]) if line and set(line) == {"-"} else line)
    return found


def write_pages(app):
    import make_api
    import make_errors

    make_api.write(HERE / "api")
    make_errors.write(HERE / "errors")


def setup(app):
    app.connect("builder-inited", write_pages, priority=100)
    app.connect("autodoc-process-docstring", end_sections, priority=400)
    app.connect("source-read", source_read)
    app.connect("include-read", include_read)
