from django.apps import AppConfig


class IntmkConfig(AppConfig):
    name = "intmk"
    verbose_name = "Integrationsministerkonferenz"

    def ready(self) -> None:
        from django.db.models.signals import post_save, pre_save
        from wagtail.models import Revision
        from wagtail.signals import page_published

        from conferences.models import ChairTerm
        from conferences.terms.rights import chair_settled
        from intmk.language import slugs  # noqa: F401
        from intmk.language.readable_input import before_saving
        from intmk.media import unpublished
        from intmk.media.videos.models import SiteVideo

        pre_save.connect(before_saving)
        page_published.connect(unpublished.when_published)
        post_save.connect(unpublished.when_published, sender=ChairTerm)
        post_save.connect(unpublished.when_scheduled, sender=Revision)
        post_save.connect(unpublished.when_published, sender=SiteVideo)  # its picture
        for model in unpublished.MODELS:
            post_save.connect(unpublished.when_file_saved, sender=model)
        chair_settled.connect(unpublished.when_chair_passed)
