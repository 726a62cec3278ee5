"""What the library says, in our words: its own are none in Kazakh, and few people's in English.

They lie in the catalogues with all the others. A message that is not here belongs to a part that is switched off;
`tests/console/test_entrance.py` compares.
"""

N_ = str  # marks a sentence for the catalogues; the library translates it where it says it

WRONG = N_("The address or the password is not right.")
WRONG_CODE = N_("This code is not right, or it was used already. Wait for the next one.")
WRONG_RECOVERY_CODE = N_("This recovery code is not right, or it was used already.")
_AGAIN = N_("That did not work. Please try again.")
_PASSKEY_UNKNOWN = N_("This passkey does not belong to your account.")

MESSAGES = {
    "GENERIC_AUTHN_FAILED": (WRONG, "error"),
    "USER_DOES_NOT_EXIST": (WRONG, "error"),
    "DISABLED_ACCOUNT": (WRONG, "error"),
    "INVALID_PASSWORD": (N_("This is not your password."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Enter your password."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Enter your e-mail address."), "error"),
    "API_ERROR": (_AGAIN, "error"),
    "INVALID_INPUT": (_AGAIN, "error"),
    "INVALID_INPUT_LENGTH": (N_("This is too long."), "error"),
    "INVALID_REDIRECT": (N_("The page asked for is not one of the console's."), "error"),
    "UNAUTHENTICATED": (N_("Please sign in."), "error"),
    "ANONYMOUS_USER_REQUIRED": (N_("You have signed in already."), "info"),
    "REAUTHENTICATION_REQUIRED": (N_("Please give your password once more."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. You can go on for ten minutes."), "info"),
    "INVALID_RECOVERY_CODE": (WRONG_RECOVERY_CODE, "error"),
    "NO_RECOVERY_CODES_SETUP": (N_("You have no recovery codes."), "info"),
    "TWO_FACTOR_INVALID_TOKEN": (WRONG_CODE, "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("You have signed in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (N_("Codes now come from the app that you have just set up."), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Please begin again with your password."), "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (_AGAIN, "error"),
    "TWO_FACTOR_SETUP_EXPIRED": (N_("That took longer than %(within)s. Please begin again."), "error"),
    "WEBAUTHN_EXPIRED": (N_("That took longer than %(within)s. Please begin again."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (N_("Give the passkey a name."), "error"),
    "WEBAUTHN_NAME_INUSE": (N_("You have a passkey with this name already."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (N_("You have no passkey with this name."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (N_("Use letters, figures, spaces, hyphens and underscores."), "error"),
    "WEBAUTHN_CREDENTIAL_DELETED": (N_("The passkey was removed."), "info"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (N_("The passkey was added."), "info"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (N_("This passkey was added already."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (_PASSKEY_UNKNOWN, "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (_PASSKEY_UNKNOWN, "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (_PASSKEY_UNKNOWN, "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (_PASSKEY_UNKNOWN, "error"),
    "WEBAUTHN_NO_VERIFY": (N_("The passkey could not be checked. Please try again."), "error"),
}
