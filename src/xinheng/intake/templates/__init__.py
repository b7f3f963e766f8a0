"""Workbooks to be filled in: one per catalogue item and edition, made from the rulebook alone."""

from xinheng.intake.templates.workbook import template

__all__ = ["template"]
