"""Registers what the admin of this site adds to Wagtail's."""

from wagtail import hooks


@hooks.register("construct_main_menu")
def only_what_is_used(request, menu_items) -> None:
    """Leave out reports and help that an editor of this site has no use for."""
    menu_items[:] = [item for item in menu_items if item.name not in {"help"}]


@hooks.register("register_rich_text_features", order=10)
def no_embeds(features) -> None:
    """Take media from elsewhere out of the default tools: nothing is loaded from third parties (design §6.8)."""
    features.default_features = [name for name in features.default_features if name not in {"embed", "hr", "image"}]
