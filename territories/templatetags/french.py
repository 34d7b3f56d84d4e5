"""Template filters for dates, times and numbers as French prints them."""

from django import template

register = template.Library()
