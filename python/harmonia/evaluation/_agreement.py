"""By which protocol published values were computed, as far as that is known.

A rule names a protocol where both the code that computed a value and the files that it read are
known. Where one of them is in doubt it names none, and no measured value is shown beside.
"""

from typing import NamedTuple

BCMI = "bcmi/Image-Harmonization-Dataset-iHarmony4 README"
DOVENET = "bcmi iHarmony4 DoveNet/README"
SAIC = "saic-vul/image_harmonization README"
CDTNET_BEFORE = "bcmi/CDTNet-High-Resolution-Image-Harmonization README before"
CDTNET_AFTER = "bcmi/CDTNet README after code release"
PCTNET = "means computed from rakutentech/PCT-Net"
INR_NATIVE = "WindVChen/INR-Harmonization assets/metrics.png Table I (full resolution"
INR_SQUARES = "WindVChen/INR-Harmonization assets/metrics.png Table I (MSE"
INTRINSIC = "zhenglab/IntrinsicHarmony README"

COMPOSITE = "Input composite"
SMALL = ("HCOCO", "HFlickr", "Hday2night")


class Rule(NamedTuple):
    """How the values of a source were computed; what is empty holds for all."""

    source: str  # its beginning
    reason: str
    protocol: str | None = None
    methods: tuple[str, ...] = ()
    subsets: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()


# The first that fits a row is the one that holds.
RULES = (
    Rule(
        BCMI,
        "of the DoveNet paper, whose authors' script scores such files; the composites are those "
        "of that script",
        protocol="ihd_script",
        methods=(COMPOSITE, "Lalonde & Efros", "Zhu et al."),
    ),
    Rule(
        BCMI,
        "of the DoveNet paper, whose authors' script scores such files",
        protocol="ihd_script",
        methods=("Xue et al.",),
        metrics=("mse", "psnr"),
    ),
    Rule(
        BCMI,
        "quoted elsewhere as 1141.40: two digits are exchanged in one of them",
        methods=("Xue et al.",),
    ),
    Rule(
        BCMI,
        "copied from papers that have scripts of their own, or measured anew by one that is not "
        "named",
    ),
    Rule(DOVENET, "what the README expects of DoveNet/test.py", protocol="dovenet"),
    Rule(SAIC, "by the repository's own code, of the files as they are", "idih", subsets=SMALL),
    Rule(SAIC, "of HAdobe5k reduced to 1024 pixels and saved as JPEG beforehand"),
    Rule(
        CDTNET_BEFORE + " its code was released [",
        "of HAdobe5k reduced to 1024 pixels and saved as JPEG beforehand",
    ),
    Rule(
        CDTNET_BEFORE,
        "by the code that its authors released later, whose README has the same values",
        protocol="cdtnet",
        sizes=(1024,),
    ),
    Rule(CDTNET_BEFORE, "replaced by other values when the code was released"),
    Rule(CDTNET_AFTER, "by the released code", protocol="cdtnet"),
    Rule(
        PCTNET,
        "by a script of its own, which the repository does not have",
        methods=("Harmonizer",),
    ),
    Rule(PCTNET, "of each image by the repository's own code", protocol="pctnet"),
    Rule(
        INR_NATIVE,
        "by formulas that are those of DCCF",
        protocol="dccf",
        methods=("DCCF", "INR/HINet"),
    ),
    Rule(INR_NATIVE, "its SSIM is another, so its code may be", methods=("Harmonizer",)),
    Rule(INR_SQUARES, "how the squares were made is not known"),
    Rule(
        INTRINSIC,
        "resized alike, by the same formula; the MSE is that of the script beside the dataset",
        protocol="iih",
        methods=(COMPOSITE,),
        subsets=(*SMALL, "HAdobe5k"),
        metrics=("mse", "psnr"),
    ),
    Rule(INTRINSIC, "outputs were scored as JPEG, and all has HVIDIT in it"),
    Rule("junleen/RainNet", "the evaluation code that was published does not run"),
    Rule("RainNet repo", "the evaluation code that was published does not run"),
    Rule("CharmNet poster", "by its authors' code, which is none of the protocols here"),
    Rule("shravan-d/Image-Harmonization", "of random crops"),
    Rule(
        "bcmi/DucoNet-Image-Harmonization",
        "HAdobe5k may have been reduced beforehand, as for the code that it is based on",
    ),
    Rule("bcmi/Image-Harmonization-Dataset-ccHarmony", "the evaluation code is not known"),
    Rule("WindVChen/INR-Harmonization assets/Metrics2.png", "the evaluation code is not known"),
    Rule("guanguanboy/HCDM", "of a degraded sub-dataset"),
    Rule("wizwand.com", "a page that quotes a paper"),
    Rule("ar5iv", "an abstract"),
)


def rule(source: str, method: str, subset: str, metric: str, size: int | str) -> Rule:
    """The one that holds for a row."""
    for each in RULES:
        asked = (
            (each.methods, method),
            (each.subsets, subset),
            (each.metrics, metric),
            (each.sizes, size),
        )
        if source.startswith(each.source) and all(not some or one in some for some, one in asked):
            return each
    return Rule(source, "nothing is known of its evaluation")
