"""What a mail says, in another one."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.template import Context
from django.template.loader_tags import BlockNode
from django.utils import translation
from django.utils.safestring import SafeString

from territories.wording import language

register = template.Library()


@register.simple_tag(takes_context=True)
def content_of(context: Context, mail: str, part: str, facts: Mapping[str, object], spoken: str = "") -> SafeString:
    """The content of a mail with its own facts, without the layout around it; `part` is "txt" or "html".

    In the language of those facts, where it is another one.

    Raises:
        TemplateDoesNotExist: there is no such mail.
    """
    assert context.template is not None
    told = context.template.engine.get_template(f"mail/{mail}.{part}")
    blocks = told.nodelist.get_nodes_by_type(BlockNode)
    [content] = (one.nodelist for one in blocks if isinstance(one, BlockNode) and one.name == "content")
    alone = context.new(dict(facts))
    with alone.render_context.push_state(told), translation.override(spoken or language()):
        return content.render(alone)
