"""The files that are mutated, and the tests that shall notice, the fast ones first.

Whoever adds a file of metrics or of compositing adds it here; `tests/test_mutation.py` looks.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Watched:
    """A file of the repository, and what pytest is told to run."""

    path: str
    tests: tuple[str, ...]
    functions: tuple[str, ...] = ()  # those alone, where any are named


OF_METRICS = (
    "tests/metrics/test_formulas.py",
    "tests/metrics/test_protocols.py",
    "tests/test_evaluate.py",
    "tests/metrics/test_contract.py",
)
OF_COMPOSITING = ("tests/test_composite.py", "tests/test_paste.py")
OF_EVERY_METHOD = (
    "tests/test_background.py",
    "tests/test_contract.py::test_hard_masks_of_every_kind_agree",
    "tests/test_contract.py::test_strength_between_lies_on_the_way",
    "tests/test_contract.py::test_a_batch_is_its_images_one_by_one",
    "tests/test_contract.py::test_memory_layout_of_the_mask_does_not_matter",
    "tests/test_contract.py::test_an_empty_mask_changes_nothing",
    "tests/test_contract.py::test_a_full_mask_needs_a_reference",
    "tests/test_contract.py::test_tensors_cut_out_of_a_byte_buffer",
)

_METRIC_FILES = (
    "_metric",
    "_open",
    "_prepare",
    "_protocols",
    "_single",
    "_structure",
    "background_mse",
    "delta_e",
    "fdelta_e",
    "fmae",
    "fmse",
    "fpsnr",
    "fssim",
    "mae",
    "ms_ssim",
    "mse",
    "psnr",
    "ssim",
)

PYTHON = (
    *(Watched(f"python/harmonia/metrics/{name}.py", OF_METRICS) for name in _METRIC_FILES),
    Watched("python/harmonia/metrics/_pair.py", ("tests/metrics/test_pair.py", *OF_METRICS)),
    Watched("python/harmonia/metrics/_scores.py", ("tests/metrics/test_scores.py",)),
    Watched("python/harmonia/metrics/lpips.py", ("tests/nets/test_lpips.py",)),
    Watched("python/harmonia/composite.py", (*OF_COMPOSITING, "tests/test_errors.py")),
    Watched(
        "python/harmonia/transform.py",
        (*OF_COMPOSITING, "tests/test_transform.py", "tests/test_errors.py", *OF_EVERY_METHOD),
        (
            "Transform.apply",
            "AffineTransform",
            "CurveTransform.write",
            "Lut.write",
            "check_strength",
        ),
    ),
    Watched(
        "python/harmonia/_arrays.py",
        (*OF_COMPOSITING, "tests/test_errors.py", *OF_EVERY_METHOD),
        (
            "Images",
            "Mask",
            "open_masks",
            "open_any_masks",
            "_aligned",
            "_mask_from_pil",
            "_numpy_mask_frame",
            "_torch_mask_frames",
            "_checked_mask",
        ),
    ),
)

_ERRORS = ("tests/test_error_sums.py",)
_SSIM = ("tests/test_ssim.py",)
_DELTA_E = ("tests/test_delta_e.py", "tests/metrics/test_formulas.py")

CPP = (
    Watched("cpp/src/error_sums.cpp", _ERRORS),
    Watched("cpp/src/error_sums.inl", _ERRORS),
    Watched("cpp/src/error_sums_bytes.inl", _ERRORS),
    Watched("cpp/src/error_sums_codes.inl", _ERRORS),
    Watched("cpp/src/error_units.cpp", _ERRORS),
    Watched("cpp/include/harmonia/pixel/error_terms.hpp", _ERRORS),
    Watched("cpp/src/ssim.cpp", _SSIM),
    Watched("cpp/src/ssim.inl", _SSIM),
    Watched("cpp/src/ssim_grid.hpp", _SSIM),
    Watched("cpp/include/harmonia/pixel/ssim.hpp", _SSIM),
    Watched("cpp/src/half_size.inl", _SSIM),
    Watched("cpp/src/delta_e.cpp", _DELTA_E),
    Watched("cpp/src/delta_e.inl", _DELTA_E),
    Watched("cpp/include/harmonia/delta_e_counts.hpp", _DELTA_E),
    Watched("cpp/include/harmonia/pixel/ciede2000.hpp", _DELTA_E),
    Watched("cpp/src/composite.cpp", OF_COMPOSITING),
    Watched("cpp/src/composite.inl", OF_COMPOSITING),
    Watched("cpp/include/harmonia/pixel/blend.hpp", (*OF_COMPOSITING, *OF_EVERY_METHOD)),
    Watched(
        "cpp/src/block.inl",
        (*OF_COMPOSITING, *OF_EVERY_METHOD),
        (
            "cover_of",
            "scale_bytes",
            "load_mask",
            "any_weight",
            "reached",
            "store_codes",
            "store_mixture",
            "copy_channels",
            "copy_from_channel",
            "copy",
            "copy_run",
            "copy_fourth_bytes",
            "copy_fourth_words",
            "copy_alpha",
        ),
    ),
    Watched("cpp/src/masked_rows.inl", (*OF_COMPOSITING, *OF_EVERY_METHOD), ("masked_rows",)),
    Watched(
        "cpp/src/row_writer.inl",
        (*OF_COMPOSITING, *OF_EVERY_METHOD),
        ("RowWriter", "skip", "open", "close", "copy_skipped"),
    ),
)

WATCHED = PYTHON + CPP
