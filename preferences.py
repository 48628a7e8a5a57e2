"""What is true of this computer: where the backend's Python is, and where studies and models are kept."""

from pathlib import Path

import bpy

from .backend import processes
from .backend.api import Engine, ErrorCode, Failure, Precision
from .session import Launch

PACKAGE = __package__  # by which Blender knows the extension
ROOT = Path(__file__).resolve().parent
# The build for the extensions platform lacks the installer: there the backend is the user's to install and to start.
INSTALLS = (ROOT / "backend" / "installer").is_dir()

PRECISIONS = (
    (Precision.AUTO.name, "Automatic", "Half precision where the device computes faster in it"),
    (Precision.FULL.name, "Full", "32 bits: exact, and twice the memory"),
    (Precision.HALF.name, "Half", "16 bits, wherever the device knows them"),
)


class SteadyPreferences:
    """The extension's preferences, which hold for every file on this computer; panels/preferences.py draws them."""

    data_folder: bpy.props.StringProperty(
        name="Data Folder",
        description="The backend and its models are installed here, for every Blender on this computer",
        subtype="DIR_PATH",
        default=str(processes.data_folder()),
    )
    studies_folder: bpy.props.StringProperty(
        name="Studies Folder",
        description=(
            "Studies of strips in a file that is not saved yet are kept here, and move beside the file when it is saved"
        ),
        subtype="DIR_PATH",
        default=str(processes.data_folder() / "studies"),
    )
    backend_python: bpy.props.StringProperty(
        name="Backend Python",
        description=(
            "An existing Python that has the backend's packages. Leave it empty to use the backend that was installed"
        ),
        subtype="FILE_PATH",
    )
    models_folder: bpy.props.StringProperty(
        name="Models Folder",
        description="Where models of the Hugging Face hub are kept. Leave it empty for “models” in the data folder",
        subtype="DIR_PATH",
    )
    may_download: bpy.props.BoolProperty(
        name="Download Models",
        description=(
            "Download a model of the Hugging Face hub when it is first used: about 4 GB for Stable Diffusion 1.5. "
            "Blender must be allowed online access, too"
        ),
    )
    device: bpy.props.StringProperty(
        name="Device",
        description="What is computed on, as torch names it, such as “cuda:1” or “cpu”. Empty is the best there is",
    )
    precision: bpy.props.EnumProperty(
        name="Precision",
        description="How exactly is computed",
        items=PRECISIONS,
        default=Precision.AUTO.name,
    )
    tell_when_done: bpy.props.BoolProperty(
        name="Tell Me when a Job Is Done",
        description="Say it in Blender's status bar, where it stays until you have seen it",
        default=True,
    )
    connect_only: bpy.props.BoolProperty(
        name="Connect Only",
        description="Never start a backend: connect to one that was started with “python -m backend serve --wait”",
    )
    connection_file: bpy.props.StringProperty(
        name="Connection File",
        description=(
            "Where the waiting backend wrote its address and key. Leave it empty for the place where it does by itself"
        ),
        subtype="FILE_PATH",
    )


def preferences() -> SteadyPreferences:
    return bpy.context.preferences.addons[PACKAGE].preferences


def studies_folder(preferences: SteadyPreferences) -> Path:
    """Where studies go while their file is not saved; an emptied field means the usual place."""
    return path_at(preferences.studies_folder or str(processes.data_folder() / "studies"))


def data_folder(preferences: SteadyPreferences) -> Path:
    return path_at(preferences.data_folder or str(processes.data_folder()))


def logs_folder(preferences: SteadyPreferences) -> Path:
    return data_folder(preferences) / "logs"


def models_folder(preferences: SteadyPreferences) -> Path:
    return path_at(preferences.models_folder) if preferences.models_folder else data_folder(preferences) / "models"


def engine(preferences: SteadyPreferences, model: str) -> Engine:
    """Which model paints, and on what this computer has. Only a folder or a file is a path, and may begin with “//”."""
    if model.startswith("//"):
        model = str(path_at(model))
    return Engine(
        model=model,
        models=str(models_folder(preferences)),
        may_download=preferences.may_download and bpy.app.online_access,
        device=preferences.device.strip(),
        precision=Precision[preferences.precision],
    )


def connects_only(preferences: SteadyPreferences) -> bool:
    return preferences.connect_only or not INSTALLS


def installed_build(preferences: SteadyPreferences) -> str:
    """The build of torch that was installed here; '' where that is the user's own matter."""
    if connects_only(preferences) or preferences.backend_python:
        return ""
    from .backend.installer import environment  # late: not every build has it

    record = environment.read_record(environment.backend_folder(data_folder(preferences)))
    return record.build if record is not None else ""


def backend_launch(preferences: SteadyPreferences) -> Launch | Path:
    """How to start the backend, or else where one that waits wrote how to reach it."""
    if connects_only(preferences):
        return path_at(preferences.connection_file or str(processes.connection_file()))
    if preferences.backend_python:
        python = path_at(preferences.backend_python)
        if not python.is_file():
            message = f"The backend's Python “{python}” is not there."
            raise Failure(ErrorCode.LOST, message, "Choose another one in the preferences of Steady Diffusion.")
    else:
        from .backend.installer import environment

        python = environment.python_to_start(data_folder(preferences))
    return Launch(python, ROOT, logs_folder(preferences))


def path_at(path: str) -> Path:
    return Path(bpy.path.abspath(path)).expanduser()
