"""The addresses of signing in, all below /admin/, where the cookies are; under the names that django-allauth asks for.

Only what is used: no sign-up, no confirmation of addresses, no social accounts.
"""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path
from django.views.decorators.cache import never_cache
from wagtail.utils.urlpatterns import decorate_urlpatterns

from intmk.users import passkeys, sign_in, views
from intmk.users.invitation_views import AcceptInvitationView

urlpatterns = [
    path("login/", sign_in.SignInView.as_view(), name="account_login"),
    path("login/code/", passkeys.SecondFactorView.as_view(), name="mfa_authenticate"),
    path("login/passkey/", passkeys.SignInByPasskeyView.as_view(), name="mfa_login_webauthn"),
    path("angemeldet/", sign_in.signed_in, name="signed_in"),
    path("login/abbrechen/", sign_in.start_over, name="start_sign_in_over"),
    path("login/bestaetigen/", account.reauthenticate, name="account_reauthenticate"),
    path("login/bestaetigen/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("login/bestaetigen/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("password_reset/", sign_in.reset_password),
    path("sitzungen/", views.own_sessions, name="own_sessions"),
    path("zweiter-faktor/", second_factor.index, name="mfa_index"),
    path("zweiter-faktor/einrichten/", sign_in.set_up_second_factor, name="mfa_activate_totp"),
    path("zweiter-faktor/entfernen/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("zweiter-faktor/notfallcodes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "zweiter-faktor/notfallcodes/neu/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("zweiter-faktor/passkeys/neu/", passkeys.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "zweiter-faktor/passkeys/<int:pk>/entfernen/", passkeys.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"
    ),
    path("einladung/<uidb64>/<token>/", AcceptInvitationView.as_view(), name="accept_invitation"),
]
# Some show secrets (the key of a second factor, recovery codes), the rest is nobody else's business either.
urlpatterns = decorate_urlpatterns(urlpatterns, never_cache)
