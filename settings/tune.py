"""How the model is taught the strip and its looks. The defaults are the recipe's own."""
# pyright: reportInvalidTypeForm=false

from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ..backend.api import Method, Pairing, Recipe

USUAL = Recipe()
METHODS = (
    (Method.LORA.name, "LoRA", "A small adapter beside the model: fast, and a few megabytes large"),
    (
        Method.WHOLE.name,
        "Whole UNet",
        "All of the model's weights, as in the article: more memory, more disk, more time",
    ),
)
PAIRINGS = (
    (Pairing.BRIDGE.name, "Bridge", "On the straight way from the noised frame to its look: what rendering will see"),
    (Pairing.LITERAL.name, "Literal", "From the noised frame at every step, as the article says"),
    (Pairing.ORDINARY.name, "Ordinary", "From the noised look, as models are usually tuned"),
)


class TuneSettings:
    tuning_from: StringProperty(
        name="Tuning From",
        description=(
            "Use the tuning of another strip: its name, or the id of its study. Left empty, this strip has its own"
        ),
    )
    method: EnumProperty(
        name="Method",
        description="What of the model is tuned",
        items=METHODS,
        default=USUAL.method.name,
    )
    rate: FloatProperty(
        name="Learning Rate",
        description="How fast it learns. At 0 it is the method's own: 0.0001 for a LoRA, 0.00001 for the whole UNet",
        default=USUAL.rate,
        min=0.0,
        max=0.1,
        soft_max=0.001,
        precision=6,
        step=0.001,
    )
    rank: IntProperty(
        name="Rank",
        description="How much a LoRA can hold",
        default=USUAL.rank,
        min=1,
        max=512,
        soft_max=128,
    )
    iterations: IntProperty(
        name="Iterations",
        description="How many batches are learned from. More is closer to the look, and in the end too close",
        default=USUAL.iterations,
        min=1,
        max=100_000,
        soft_max=4000,
    )
    batch: IntProperty(
        name="Batch",
        description="How many pictures are learned from at once",
        default=USUAL.batch,
        min=1,
        max=256,
        soft_max=16,
    )
    late: IntProperty(
        name="Late Steps",
        description="Only the noise levels below this one are tuned, of the thousand that the model knows",
        default=USUAL.late,
        min=1,
        max=1000,
    )
    looks_share: FloatProperty(
        name="Share of Looks",
        description="How much of a batch are looks. The rest are reference frames, which keep the strip itself",
        default=USUAL.looks,
        min=0.01,
        max=1.0,
        subtype="FACTOR",
    )
    pairing: EnumProperty(
        name="Pairing",
        description="From where the model learns to reach a look",
        items=PAIRINGS,
        default=USUAL.pairing.name,
    )
    at_start: FloatProperty(
        name="At the Start",
        description="How many of the looks are learned exactly where rendering starts",
        default=USUAL.at_start,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    astray: FloatProperty(
        name="Astray",
        description="How many of the other looks are learned from off the straight way, against the model's own errors",
        default=USUAL.astray,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    angle: FloatProperty(
        name="Noise Angle",
        description="How far the noise of tuning is from that of rendering, in degrees: 0 is the same, 90 is any other",
        default=USUAL.angle,
        min=0.0,
        max=90.0,
    )
    unguided: BoolProperty(
        name="Taught Unguided",
        description="Teach for guidance 1 also where more is rendered with, as the article did. It multiplies the edit",
        default=USUAL.unguided,
    )
    crops: IntProperty(
        name="Crops",
        description=(
            "How many cropped, flipped and scaled copies of the looks are learned from, shared out among them, so that "
            "none is a single picture. At 1 they stay as they are"
        ),
        default=USUAL.crops,
        min=1,
        max=4096,
        soft_max=256,
    )
    spread: IntProperty(
        name="Spread Over",
        description="Over how many frames of its shot a look is spread along the motion, as further examples",
        default=USUAL.spread,
        min=0,
        max=1000,
        soft_max=64,
    )
    tune_seed: IntProperty(
        name="Seed",
        description="What chance decides in tuning",
        min=0,
    )
