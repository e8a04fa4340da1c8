"""A bundle's software bill of materials, CycloneDX 1.6: what is in it, in which version, under which licence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cyclonedx.model.component import Component

    from tests.bundle.parts import Part

NAME = "sbom.cdx.json"


def write(parts: Sequence[Part], place: Path) -> None:
    """Write the bill of these parts to a JSON file."""
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output import make_outputter
    from cyclonedx.schema import OutputFormat, SchemaVersion

    bill = Bom()
    bundle = Component(name="GAN Studio", version=__version__, type=ComponentType.APPLICATION, bom_ref="bundle")
    bill.metadata.component = bundle
    inside = [_component(part) for part in parts if part.name != "ganstudio"]
    bill.components.update(inside)
    bill.register_dependency(bundle, inside)
    text = make_outputter(bill, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)
    place.write_text(text + "\n", encoding="utf-8")


def _component(part: Part) -> Component:
    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model.component import Component, ComponentType
    from packageurl import PackageURL

    from tests.bundle.parts import plain

    kind, space = {"distribution": ("pypi", None), "system": ("deb", _distributor())}.get(part.kind, ("generic", None))
    name = plain(part.name) if kind == "pypi" else part.name
    where = PackageURL(kind, space, name, part.version)
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=where.to_string(),
        purl=where,
        licenses=[LicenseFactory().make_from_string(part.licence)],
    )


def _distributor() -> str | None:
    """Whose package a system's library is: "debian", "ubuntu"; None where the system does not say."""
    told = Path("/etc/os-release")
    found = re.search(r'^ID="?([\w.-]+)', told.read_text(encoding="utf-8"), re.MULTILINE) if told.is_file() else None
    return found[1] if found else None
