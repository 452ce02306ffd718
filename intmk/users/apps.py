from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "intmk.users"
    label = "users"
    verbose_name = "Konten"
