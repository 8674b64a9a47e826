from __future__ import annotations

import pytest

from lab.powershell.role_capability import visible_commands


def test_names_of_both_lists_are_read_without_their_modules() -> None:
    text = """
    @{
        # 'Hyper-V\\Remove-VM' is not shown
        VisibleCmdlets = @(
            'Hyper-V\\Get-VM',
            'Get-Date'
        )
        VisibleFunctions = @('Storage\\Get-Volume')
        VisibleProviders = @('FileSystem')
    }
    """
    assert visible_commands(text) == {"Get-VM", "Get-Date", "Get-Volume"}


def test_what_is_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="VisibleCmdlets holds more than names"):
        visible_commands("VisibleCmdlets = @('Get-VM', @{ Name = 'Stop-VM' })")
