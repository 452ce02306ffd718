from django.apps import AppConfig


class IntmkConfig(AppConfig):
    name = "intmk"
    verbose_name = "Integrationsministerkonferenz"

    def ready(self) -> None:
        from django.db.models.signals import post_save
        from wagtail.signals import page_published

        from conferences.models import ChairTerm
        from intmk import audit, checks, removed_pages, slugs  # noqa: F401
        from intmk.proposed_files import take_out_of_proposals

        page_published.connect(take_out_of_proposals)
        post_save.connect(take_out_of_proposals, sender=ChairTerm)
