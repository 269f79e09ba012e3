"""Commands and groups of the terminal: in the order they are written, their help told in Chinese."""

from __future__ import annotations

import click


class Command(click.Command):
    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _told(super().get_help_option(ctx))


class CommandGroup(click.Group):
    """A group that lists its commands in the order they are written."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _told(super().get_help_option(ctx))


CommandGroup.group_class = CommandGroup


def _told(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "显示这段说明"
    return option
