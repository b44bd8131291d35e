"""What mail has to say, as codes (`kernel.reasons`): a code stays, and never means anything else."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Reason

# Why a mail can't be read.
EMPTY = Reason("email.empty", gettext_noop("The message is empty."))
NESTED_TOO_DEEPLY = Reason(
    "email.nested_too_deeply", gettext_noop("The message is nested too deeply to be read.")
)
TOO_LARGE = Reason("email.too_large", gettext_noop("The message is too large to be read."))
UNREADABLE = Reason("email.unreadable", gettext_noop("The message could not be read (%(error)s)."))
NO_MAIL = Reason("email.no_mail", gettext_noop("This is no mail: it has no header, and holds no text."))

# What had to be repaired or cut when it was read.
NO_SENDER = Reason("email.no_sender", gettext_noop("The mail names no sender."))
SENDER_ELSEWHERE = Reason(
    "email.sender_elsewhere",
    gettext_noop("The mail has no “From”; its sender was taken from “%(name)s”."),
)
TWO_SENDER_FIELDS = Reason(
    "email.two_sender_fields", gettext_noop("The mail names its sender twice; the first counts.")
)
SEVERAL_SENDERS = Reason(
    "email.several_senders", gettext_noop("The mail comes from several people; the first counts.")
)
DATE_IMPOSSIBLE = Reason(
    "email.date_impossible",
    gettext_noop("The mail is dated %(date)s, which can't be; it is shown by when it arrived."),
)
DATE_UNREADABLE = Reason(
    "email.date_unreadable",
    gettext_noop("The mail's date can't be read; it is shown by when it arrived."),
)
TEXT_CUT = Reason(
    "email.text_cut",
    gettext_noop("The text is longer than %(count)s characters; the original has the rest."),
)
PARTS_CUT = Reason(
    "email.parts_cut", gettext_noop("The mail has more than %(count)s parts; the original has the rest.")
)
DEPTH_CUT = Reason(
    "email.depth_cut",
    gettext_noop("Mails are packed into mails too deeply; the innermost is kept as a file."),
)
TIME_CUT = Reason(
    "email.time_cut",
    gettext_noop("Reading took too long and was stopped; the original has the rest."),
)
HEADER_CUT = Reason(
    "email.header_cut",
    gettext_noop("The mail's header is longer than is read; the original has the rest."),
)
WINMAIL = Reason("email.winmail", gettext_noop("The file winmail.dat, made by Outlook, can't be opened."))
_BODY_DAMAGED = gettext_noop("The mail is damaged or cut off; what could be read of it is shown.")
NO_PARTS = Reason("email.no_parts", _BODY_DAMAGED)
LAST_PART_OPEN = Reason("email.last_part_open", _BODY_DAMAGED)
_HEADER_DAMAGED = gettext_noop("The mail's header is damaged; what could be read of it is shown.")
NAMELESS_LINE = Reason("email.nameless_line", _HEADER_DAMAGED)
NO_BLANK_LINE = Reason("email.no_blank_line", _HEADER_DAMAGED)
NO_HEADER = Reason("email.no_header", _HEADER_DAMAGED)

# Why a mail is not sent, or not now. The words of a server are kept beside these, as they came.
NO_ADDRESS = Reason("email.no_address", gettext_noop("“%(address)s” is not a mail address."))
NO_DOMAIN = Reason("email.no_domain", gettext_noop("“%(domain)s” is not a mail domain."))
ASCII_ONLY = Reason(
    "email.ascii_only", gettext_noop("%(server)s takes no addresses with letters beyond ASCII.")
)
SERVER_SAYS = Reason("email.server_says", gettext_noop("%(server)s: %(words)s"))
NO_ANSWER = Reason("email.no_answer", gettext_noop("%(server)s did not answer in time."))
NOBODY_LISTENS = Reason("email.nobody_listens", gettext_noop("Nobody listens at %(server)s."))
NAME_UNKNOWN = Reason("email.name_unknown", gettext_noop("The name of %(server)s is unknown."))
CONNECTION_BROKE = Reason(
    "email.connection_broke", gettext_noop("The connection to %(server)s broke (%(error)s).")
)
UNREACHED = Reason("email.unreached", gettext_noop("%(server)s cannot be reached (%(error)s)."))
NOT_CONNECTED = Reason("email.not_connected", gettext_noop("There is no connection to %(server)s."))
UNSAFE = Reason("email.unsafe", gettext_noop("There is no safe connection to %(server)s (%(error)s)."))
NO_ENCRYPTION_REQUIRED = Reason(
    "email.no_encryption_required",
    gettext_noop("%(server)s offers no encryption, which its address requires (tls=required)."),
)
NO_ENCRYPTION_FOR_SECRET = Reason(
    "email.no_encryption_for_secret",
    gettext_noop("%(server)s offers no encryption, so we do not log in: anybody could read the secret."),
)
ADD_TLS_OFFERED = Reason(
    "email.add_tls_offered", gettext_noop("Where that is meant, add ?tls=offered to its address.")
)
LOGIN_REFUSED = Reason("email.login_refused", gettext_noop("%(server)s refuses our login (%(words)s)."))
NO_LOGIN_OFFERED = Reason("email.no_login_offered", gettext_noop("%(server)s offers no login."))
NO_XOAUTH2 = Reason("email.no_xoauth2", gettext_noop("%(server)s offers no sign-in by OAuth2 (XOAUTH2)."))
NO_PASSWORD_TAKEN = Reason(
    "email.no_password_taken", gettext_noop("%(server)s takes no password, only: %(offered)s")
)
TOKEN_REFUSED = Reason(
    "email.token_refused", gettext_noop("%(server)s refuses the access token of %(mailbox)s (%(words)s).")
)
CHECK_SENDING = Reason(
    "email.check_sending",
    gettext_noop(
        "Check that sending by SMTP (authenticated SMTP) is switched on for this mailbox, and that its "
        "permission includes sending (Microsoft: SMTP.Send)."
    ),
)
CHECK_FETCHING = Reason(
    "email.check_fetching",
    gettext_noop("Check that IMAP is switched on and that the token was given for this mailbox."),
)
NO_TOKEN_FOR = Reason(
    "email.no_token_for", gettext_noop("%(server)s: there is no access token for %(mailbox)s. %(reason)s")
)

# The two ways out.
BY_SERVER = Reason("email.by_server", gettext_noop("(by %(server)s)"))
BY_SECOND = Reason("email.by_second", gettext_noop("(by the second route, %(server)s)"))
FIRST_FAILING = Reason("email.first_failing", gettext_noop("%(server)s has been failing."))
SECOND_FAILS = Reason("email.second_fails", gettext_noop("And the second route: %(reason)s"))
SECOND_REFUSES = Reason(
    "email.second_refuses",
    gettext_noop("The second route, %(server)s, refuses it, so it waits for the first: %(reason)s"),
)

# Settings that name no way.
SETTING_WRONG = Reason("email.setting_wrong", gettext_noop("%(setting)s: %(reason)s"))
ADDRESS_UNREADABLE = Reason(
    "email.address_unreadable",
    gettext_noop(
        "The server's address can't be read. Is the port a number, and is each sign such as / # ? [ "
        "in user and password percent-encoded?"
    ),
)
SMTP_ADDRESS = Reason(
    "email.smtp_address",
    gettext_noop("The mail server's address must look like smtp://host:port or smtps://host:port."),
)
IMAP_ADDRESS = Reason(
    "email.imap_address", gettext_noop("The mailbox must look like imaps://user@host:993/INBOX.")
)
POP_ADDRESS = Reason("email.pop_address", gettext_noop("The mailbox must look like pop3s://user@host:995."))
PASSWORD_AND_OAUTH = Reason(
    "email.password_and_oauth",
    gettext_noop("The mail server's address has both a password and ?oauth=; leave one out."),
)
OPTION_UNKNOWN = Reason(
    "email.option_unknown",
    gettext_noop("The server's address has an unknown option. Known are: %(known)s."),
)
OPTION_EMPTY = Reason(
    "email.option_empty", gettext_noop("The server's address says %(option)s and not what it is.")
)
TLS_UNKNOWN = Reason(
    "email.tls_unknown", gettext_noop("The server's address may say %(known)s, and no other.")
)
TLS_CONTRADICTION = Reason(
    "email.tls_contradiction", gettext_noop("The server's address says both %(scheme)s and tls=off.")
)

# Providers.
PROVIDER_UNKNOWN = Reason(
    "email.provider_unknown", gettext_noop("No provider that we send by is called “%(name)s”.")
)
PROVIDER_ADDRESS = Reason(
    "email.provider_address", gettext_noop("The address of %(provider)s must look like %(form)s.")
)
PROVIDER_OPTION = Reason("email.provider_option", gettext_noop("%(provider)s has no option “%(option)s”."))
PROVIDER_TOOK = Reason("email.provider_took", gettext_noop("%(server)s: accepted (%(id)s)"))
PROVIDER_INCOMPLETE = Reason(
    "email.provider_incomplete", gettext_noop("The settings for %(server)s are not complete.")
)
PROVIDER_CANNOT = Reason("email.provider_cannot", gettext_noop("%(server)s cannot send this: %(error)s"))
KEY_REFUSED = Reason("email.key_refused", gettext_noop("%(server)s refuses our key: %(words)s"))
PAUSE_ASKED = Reason("email.pause_asked", gettext_noop("%(server)s asked for a pause."))

NOT_POSTED_HERE = Reason(
    "email.not_posted_here", gettext_noop("This is nothing that the provider would post here.")
)

# Sign-in by OAuth2. The provider's words are kept beside these.
CLIENT_UNKNOWN = Reason(
    "email.oauth_client_unknown",
    gettext_noop(
        "The provider does not know this client id with this secret. "
        "Secrets end: make a new one with the provider and enter it."
    ),
)
CLIENT_NOT_ALLOWED = Reason(
    "email.oauth_client_not_allowed",
    gettext_noop(
        "The provider does not let this client id use refresh tokens. Check the registered application."
    ),
)
SIGN_IN_AGAIN = Reason(
    "email.oauth_sign_in_again",
    gettext_noop(
        "The provider wants a person to sign in again, such as for a second factor. "
        "Do so and enter the new refresh token."
    ),
)
NOT_PERMITTED_TO_SEND = Reason(
    "email.oauth_not_permitted_to_send",
    gettext_noop(
        "The permission for this mailbox has ended or was withdrawn, or it does not include sending mail "
        "(Microsoft: %(permission)s). Sign in to the provider again, allow it, and enter the new refresh "
        "token."
    ),
)
NOT_PERMITTED_TO_FETCH = Reason(
    "email.oauth_not_permitted_to_fetch",
    gettext_noop(
        "The permission for this mailbox has ended or was withdrawn, or it does not include fetching mail "
        "(Microsoft: %(permission)s). Sign in to the provider again, allow it, and enter the new refresh "
        "token."
    ),
)
TOKEN_TROUBLE = Reason(
    "email.oauth_trouble",
    gettext_noop("Check the client id and the secret, or wait if the provider has a fault."),
)
PROVIDER_SAID = Reason("email.oauth_said", gettext_noop("(%(words)s)"))
NO_TOKEN_IN_ANSWER = Reason(
    "email.oauth_no_token_in_answer", gettext_noop("The provider's answer holds no access token.")
)
NO_TOKEN_GIVEN = Reason(
    "email.oauth_no_token_given", gettext_noop("%(host)s gives no access token: %(error)s")
)
SIGN_IN_UNREADABLE = Reason(
    "email.oauth_unreadable",
    gettext_noop("The sign-in of the mailbox %(address)s can't be read. %(reason)s"),
)
NO_SIGN_IN = Reason(
    "email.oauth_none",
    gettext_noop("The mailbox %(address)s has no sign-in by OAuth2. Enter it in the mailbox's settings."),
)
NO_SUCH_MAILBOX = Reason(
    "email.oauth_no_such_mailbox",
    gettext_noop("There is no mailbox %(address)s. Add it in the settings, with its sign-in by OAuth2."),
)

TOKEN_ENDPOINT = Reason(
    "email.oauth_endpoint",
    gettext_noop("The token endpoint must begin with https://, or be microsoft or google."),
)

# Fetching, and filing away.
BEGINNING_ONLY = Reason(
    "email.beginning_only",
    gettext_noop(
        "It has %(size)s MiB, more than the %(most)s that are taken. Only its beginning is here; the whole "
        "message is in the mailbox. Read again opens what is here."
    ),
)
FOLDER_GONE = Reason("email.folder_gone", gettext_noop("%(server)s has no such folder."))
SERVER_REFUSES = Reason("email.server_refuses", gettext_noop("%(server)s refuses: %(words)s"))
MAIL_STAYS = Reason(
    "email.mail_stays",
    gettext_noop("The server keeps the messages; perhaps we may only look into this folder."),
)
FOLDER_NOT_MADE = Reason("email.folder_not_made", gettext_noop("The folder could not be made: %(words)s"))

# Why what was entered for an account is refused.
SERVER_ADDRESS = Reason(
    "email.server_address", gettext_noop("Write it as imaps://user@host:993/INBOX or pop3s://user@host:995.")
)
SERVER_OPTION = Reason(
    "email.server_option",
    gettext_noop("After the address there may be ?tls=required, ?tls=offered or ?tls=off (not encrypted)."),
)
NOT_MAIL = Reason("email.not_mail", gettext_noop("This is not a mail address."))
SIGN_IN_INCOMPLETE = Reason(
    "email.sign_in_incomplete", gettext_noop("A sign-in by OAuth2 needs a client id and a refresh token.")
)
TENANT_ODD = Reason("email.tenant_odd", gettext_noop("A tenant is an id or a domain."))
NO_POP_FOLDERS = Reason(
    "email.no_pop_folders", gettext_noop("POP3 knows no folders: mail can be kept or deleted.")
)
FOLDER_NAMELESS = Reason("email.folder_nameless", gettext_noop("Name the folder that mail is moved into."))
FOLDER_NAME_ODD = Reason(
    "email.folder_name_odd",
    gettext_noop("The folder's name has a line break or another sign that no folder can have."),
)
FOLDER_THE_SAME = Reason("email.folder_the_same", gettext_noop("That is the folder mail is fetched from."))
