"""What is said of people, as codes (`kernel.reasons`): a code stays, and never means anything else."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Reason

# Why an act is refused.
NO_ROLE = Reason("people.no_role", gettext_noop("“%(role)s” is not a role. Use one of: %(known)s."))
NO_SUCH_ROLE = Reason("people.no_such_role", gettext_noop("There is no role “%(key)s”."))
ROLE_NAMELESS = Reason("people.role_nameless", gettext_noop("A role needs a name."))
ROLE_NAME_LONG = Reason("people.role_name_long", gettext_noop("This name is too long."))
ROLE_IMPOSSIBLE = Reason("people.role_impossible", gettext_noop("A role can't permit this."))
ROLE_STAYS = Reason("people.role_stays", gettext_noop("This role comes with Tocsin and stays."))
ROLE_HELD = Reason("people.role_held", gettext_noop("Somebody has this role. Give them another one first."))
SIGNS_IN_ALREADY = Reason(
    "people.signs_in_already", gettext_noop("Somebody with this address can sign in already.")
)
ADDRESS_OF_ANOTHER = Reason("people.address_of_another", gettext_noop("Somebody else has this address."))
LAST_MANAGER = Reason("people.last_manager", gettext_noop("Nobody would be left who may change settings."))
NOBODY_SIGNS_IN = Reason("people.nobody_signs_in", gettext_noop("Nobody signs in with this address."))
TOKEN_NAMELESS = Reason(
    "people.token_nameless", gettext_noop("A token needs a name, so that you know later what it is for.")
)
CUSTOMER_INCOMPLETE = Reason("people.customer_incomplete", gettext_noop("A customer needs a key and a name."))
NOT_MAIL = Reason("people.not_mail", gettext_noop("“%(address)s” is not a mail address."))
ADDRESS_OF_ANOTHER_CUSTOMER = Reason(
    "people.address_of_another_customer", gettext_noop("“%(address)s” belongs to another customer.")
)
NO_DEPARTMENT = Reason("people.no_department", gettext_noop("There is no department “%(key)s”."))
NO_STAFF = Reason("people.no_staff", gettext_noop("There is no such member of staff."))
NO_CUSTOMER = Reason("people.no_customer", gettext_noop("There is no customer “%(key)s”."))
NO_SUCH_CUSTOMER = Reason("people.no_such_customer", gettext_noop("There is no such customer."))
NO_CONTACT = Reason("people.no_contact", gettext_noop("There is no such contact."))
CHOOSE_CHANNEL = Reason("people.choose_channel", gettext_noop("Choose a channel and write the address."))
TOO_MANY_ADDRESSES = Reason(
    "people.too_many_addresses", gettext_noop("A person can have up to %(most)s addresses. Remove one first.")
)
ADDRESS_THERE = Reason("people.address_there", gettext_noop("This address is there already."))
ADDRESS_CONFIRMED = Reason("people.address_confirmed", gettext_noop("This address is confirmed already."))
CODE_JUST_SENT = Reason(
    "people.code_just_sent",
    gettext_noop("A code was sent a moment ago. Wait a minute before you ask for another."),
)
WRONG_CODE = Reason(
    "people.wrong_code", gettext_noop("This is not the code, or it is too old. Have another one sent.")
)
SIGN_IN_STAYS = Reason(
    "people.sign_in_stays",
    gettext_noop("You sign in with this address, so it stays. Another one can come before it."),
)
ADDRESSES_CHANGED = Reason(
    "people.addresses_changed", gettext_noop("The addresses have changed meanwhile. Look at them again.")
)
NO_CHANNEL = Reason("people.no_channel", gettext_noop("There is no such channel."))
NO_ADDRESS_THERE = Reason("people.no_address_there", gettext_noop("This is no address on this channel."))
NO_ADDRESS_ON = Reason(
    "people.no_address_on", gettext_noop("“%(address)s” is no address on the channel “%(channel)s”.")
)
ADDRESS_GONE = Reason("people.address_gone", gettext_noop("This address is gone."))
