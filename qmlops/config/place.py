"""Where YAML is looked for: the user's ./conf, then the shipped one, then those of plugins."""

from __future__ import annotations

from typing import Any

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import OmegaConf

from qmlops.config.folder import own, shipped
from qmlops.config.plugin import extensions

__all__ = ["UserConf", "beside", "devices", "own", "register", "shipped"]


def beside(name: str) -> str:
    """The path of a file in the user's `conf` or the shipped one: `${conf:data/FILE.csv}`."""
    folders = [folder for folder in (own(), shipped()) if folder is not None]
    return str(next((folder / name for folder in folders if (folder / name).exists()), folders[0] / name))


def devices(backend: str) -> dict[str, Any]:
    """The catalogue in a backend's YAML, as the user's `conf` or the shipped one has it: `${devices:ionq}`."""
    found = OmegaConf.to_container(OmegaConf.load(beside(f"backend/{backend}.yaml")))
    assert isinstance(found, dict)
    return dict(found["devices"])


class UserConf(SearchPathPlugin):  # type: ignore[misc]
    """Puts the user's folder first and plugins' packages last; registered in this process only."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        folder = own()
        if folder is not None:
            search_path.prepend("qmlops-user", f"file://{folder}")
        for entry in extensions("qmlops.conf"):
            search_path.append(f"qmlops-{entry.name}", f"pkg://{entry.value}")


def register() -> None:
    """Make Hydra look into all places. Calling it again changes nothing."""
    OmegaConf.register_resolver("conf", beside, replace=True)
    OmegaConf.register_resolver("devices", devices, replace=True)
    plugins = Plugins.instance()
    if UserConf not in plugins.discover(SearchPathPlugin):
        plugins.register(UserConf)
