"""What all specs are, and how their fields are declared."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Spec(BaseModel):
    """Base of all specs: frozen, keyword-only, and a wrong or unknown field is an error."""

    # Validators are built at first use: building all of them delayed the first painting by a tenth of a second.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


def knob(
    default: Any, help: str, *, unit: str = "", live: bool = False, log: bool = False, zero: str = "", **bounds: Any
) -> Any:
    """Declare a field and its help.

    live: may change while training. log: spans orders of magnitude. zero: the word for 0, where that is no number but
    means something else, such as all.
    """
    extra: dict[str, Any] = {"unit": unit, "live": live, "log": log, "zero": zero}
    return Field(default=default, description=help, json_schema_extra=extra, **bounds)
