"""What Windows PowerShell checks of a converted value before it is bound: null, empty, and documented values."""

from __future__ import annotations

from lab.powershell.conversion import element_type, is_enumeration
from lab.powershell.documented import Parameter
from lab.powershell.values import Value, display_text


class ValidationError(Exception):
    """A value is not allowed; ``text`` is the message, ``error_id`` the error id without its cmdlet."""

    def __init__(self, text: str, error_id: str) -> None:
        super().__init__(text)
        self.text = text
        self.error_id = error_id


def validate(value: Value, parameter: Parameter, *, refuses_null: bool) -> None:
    """Check a value that has the parameter's type already; with ``refuses_null`` it may be neither null nor empty.

    Raises ValidationError with PowerShell's text.
    """
    items: list[Value] = value if isinstance(value, list) else [value]
    if refuses_null:
        _refuse_null_and_empty(items, parameter)
    if parameter.accepted_values and not is_enumeration(parameter):
        _refuse_what_is_not_listed(items, parameter)


def _refuse_null_and_empty(items: list[Value], parameter: Parameter) -> None:
    if None in items:
        problem, what = "Null", "null"
    elif not items:
        problem, what = "EmptyArray", "an empty array"
    elif element_type(parameter)[0] == "String" and "" in items:
        problem, what = "EmptyString", "an empty string"
    else:
        return
    raise ValidationError(
        f"Cannot bind argument to parameter '{parameter.name}' because it is {what}.",
        f"ParameterArgumentValidationError{problem}NotAllowed",
    )


def _refuse_what_is_not_listed(items: list[Value], parameter: Parameter) -> None:
    """Accepted values of a type that is no enumeration are those of a ValidateSet attribute (public error records)."""
    accepted = {text.lower() for text in parameter.accepted_values}
    for text in map(display_text, items):
        if text.lower() not in accepted:
            raise ValidationError(
                f"Cannot validate argument on parameter '{parameter.name}'. The argument \"{text}\" does not belong "
                f'to the set "{",".join(parameter.accepted_values)}" specified by the ValidateSet attribute. Supply '
                "an argument that is in the set and then try the command again.",
                "ParameterArgumentValidationError",
            )
