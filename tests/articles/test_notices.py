"""Mail to colleagues: to the one concerned, in French, with the way to the desk; and a mail server that fails breaks nothing."""

import datetime as dt

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from articles import flow, notices
from articles.models import Article, Remark
from tests import factories as make
from tests.articles.test_admin import change, form_of, told

pytestmark = pytest.mark.django_db(transaction=True)


def person(role, name, **values):
    return make.make_user(
        role, **{"username": name, "first_name": name.title(), "email": f"{name}@example.org", **values}
    )


@pytest.fixture
def people(client):
    """An editor who is logged in, another, and an author who signs; the editor who looks on without an address gets nothing."""
    made = {role: person("editor", role) for role in ("rose", "paul")} | {"lea": person("author", "lea")}
    make.make_user("editor", email="")
    person("editor", "gone", is_active=False)
    client.force_login(made["rose"])
    return made


@pytest.fixture
def draft(people):
    return make.make_draft(title="Le port", authors=[make.make_author(user=people["lea"])], created_by=people["lea"])


def sent():
    return sorted((one.to[0], one.subject) for one in mail.outbox)


def take(article, action, by, **values):
    flow.take(article, action, by=by, tell=pytest.fail, **values)


def test_who_is_given_an_article_is_told_once_with_its_day_and_the_way(client, people, draft, settings):
    settings.SITE_URL = "https://grappe.example.org"
    day = dt.date(2027, 3, 1)
    client.post(change(draft), form_of(draft, assigned_to=people["paul"].pk, due_on="01/03/2027"))
    (one,) = mail.outbox
    assert (one.to, one.subject) == (["paul@example.org"], "[Grappe] Un article vous est confié : Le port")
    assert "Bonjour Paul," in one.body
    assert "Rose vous confie «\u202fLe port\u202f», à rendre le 1er mars 2027." in one.body
    assert f"https://grappe.example.org/admin/articles/article/{draft.pk}/change/" in one.body
    assert one.content_subtype == "plain"
    assert one.extra_headers["Auto-Submitted"] == "auto-generated"
    draft.refresh_from_db()
    assert draft.due_on == day
    client.post(change(draft), form_of(draft, title="Relu"))
    assert len(mail.outbox) == 1, "a save that entrusts it to nobody new tells nobody"


def test_who_is_given_a_published_article_is_told_although_its_text_waits(client, people, draft):
    take(draft, "publish", people["rose"])
    mail.outbox.clear()
    client.post(change(draft), form_of(Article.objects.get(), title="Le port de Tanger", assigned_to=people["paul"].pk))
    now = Article.objects.get()
    assert (now.title, now.assigned_to) == ("Le port", people["paul"])
    assert [one.to for one in mail.outbox] == [["paul@example.org"]]
    mail.outbox.clear()
    typed = form_of(Article.objects.get(), assigned_to=people["lea"].pk, version=Article.objects.get().version)
    client.post(change(draft) + "autosave/", typed)
    assert [one.to for one in mail.outbox] == [["lea@example.org"]], "an automatic save writes it, so it tells"


def test_nobody_is_told_of_what_they_did_themselves(client, people, draft):
    client.post(change(draft), form_of(draft, assigned_to=people["rose"].pk))
    own = make.make_draft(authors=[make.make_author(user=people["rose"])])
    take(own, "publish", people["rose"])
    client.post(f"/admin/articles/article/{own.pk}/remarks/", {"body": "À moi-même.", "to": people["rose"].pk})
    assert mail.outbox == []


def test_what_is_handed_in_goes_to_the_editors(people, draft):
    take(draft, "submit", people["lea"], words="Les chiffres sont de mars.")
    assert sent() == [(f"{who}@example.org", "[Grappe] À relire : Le port") for who in ("paul", "rose")]
    assert "> Les chiffres sont de mars." in mail.outbox[0].body


def test_what_is_handed_in_goes_to_whom_it_is_entrusted_to(people, draft):
    draft.assigned_to = people["paul"]
    draft.save()
    take(draft, "submit", people["lea"])
    assert [to for to, _subject in sent()] == ["paul@example.org"]


def test_an_author_who_hands_in_what_is_entrusted_to_her_tells_the_editors(people, draft):
    draft.assigned_to = people["lea"]
    draft.save()
    take(draft, "submit", people["lea"])
    assert [to for to, _subject in sent()] == ["paul@example.org", "rose@example.org"]


def test_what_comes_back_and_what_is_out_goes_to_those_who_sign(people, draft):
    Article.objects.filter(pk=draft.pk).update(state="ready")
    draft.refresh_from_db()
    take(draft, "send_back", people["rose"], words="Citez\nla source")
    assert sent() == [("lea@example.org", "[Grappe] À reprendre : Le port")]
    assert "> Citez\n> la source" in mail.outbox[0].body
    mail.outbox.clear()
    take(draft, "publish", people["rose"])
    assert sent() == [("lea@example.org", "[Grappe] Publié : Le port")]


def test_what_is_read_and_what_is_withdrawn_is_told_to_those_who_sign(people, draft):
    take(draft, "submit", people["lea"])
    mail.outbox.clear()
    take(Article.objects.get(), "approve", people["rose"])
    assert sent() == [("lea@example.org", "[Grappe] Relu : Le port")]
    assert "Rose a relu « Le port » : l’article est prêt à publier." in mail.outbox[0].body
    take(Article.objects.get(), "publish", people["rose"])
    mail.outbox.clear()
    take(Article.objects.get(), "withdraw", people["paul"], words="Une erreur de source.")
    assert sent() == [("lea@example.org", "[Grappe] Retiré : Le port")]
    assert "> Une erreur de source." in mail.outbox[0].body


def test_decisions_about_a_working_copy_go_to_who_wrote_it_and_never_to_who_decides(client, people, draft):
    take(draft, "publish", people["rose"])
    other = Client()
    other.force_login(people["paul"])

    def press(who, button, **values):
        mail.outbox.clear()
        sent_form = form_of(Article.objects.get(), version=Article.objects.get().version, _copy=button, **values)
        assert who.post(change(draft), sent_form).status_code == 302
        return [(to, subject.removeprefix("[Grappe] ")) for to, subject in sent()]

    copied = {"title": "Le port de Tanger"}
    assert press(other, "submit", **copied) == [("rose@example.org", "À relire : des modifications de Le port")]
    told = [(f"{name}@example.org", "{} : des modifications de Le port") for name in ("lea", "paul")]
    assert press(client, "reviewed", **copied) == [(to, subject.format("Relu")) for to, subject in told]
    when = {"copy_due_at_0": "01/03/2090", "copy_due_at_1": "08:00"}
    assert press(client, "schedule", **copied, **when) == [(to, subject.format("Programmé")) for to, subject in told]
    assert "en ligne le 1er mars 2090" in mail.outbox[0].body
    assert press(client, "unschedule", **copied) == []
    assert press(client, "publish", **copied) == [
        (to, "Publié : des modifications de Le port de Tanger") for to, _s in told
    ]
    assert press(other, "submit", title="Encore") == [
        ("rose@example.org", "À relire : des modifications de Le port de Tanger")
    ]
    assert [subject for _to, subject in press(client, "drop")] == [
        "Abandonné : des modifications de Le port de Tanger"
    ] * 2


def test_a_scheduled_article_is_told_with_its_time(people, draft):
    draft.published_at = timezone.now() + dt.timedelta(days=3)
    draft.save()
    take(draft, "publish", people["rose"])
    assert sent() == [("lea@example.org", "[Grappe] Programmé : Le port")]
    assert "qui paraîtra le" in mail.outbox[0].body


def test_an_article_that_nobody_with_an_account_signs_goes_to_whoever_began_it(people):
    article = make.make_draft(created_by=people["lea"])
    take(article, "publish", people["rose"])
    assert [to for to, _subject in sent()] == ["lea@example.org"]


def test_who_is_addressed_by_a_remark_is_told_and_led_to_the_remarks(client, people, draft):
    address = f"/admin/articles/article/{draft.pk}/remarks/"
    client.post(address, {"body": "Et la source ?", "to": people["lea"].pk, "add": "1"})
    (one,) = mail.outbox
    assert one.to == ["lea@example.org"]
    assert "> Et la source\u202f?" in one.body
    assert address in one.body
    client.post(address, {"body": "À tous.", "to": "", "add": "1"})
    assert len(mail.outbox) == 1


def test_a_title_cannot_write_headers(people):
    """A title may hold what was pasted into it: past every form, the subject stays one line."""
    article = make.make_draft(title="Le port\r\nBcc: tous@example.org\x07\u202e" + "x" * 110, created_by=people["lea"])
    take(article, "publish", people["rose"])
    (one,) = mail.outbox
    assert "\n" not in one.subject
    assert "\r" not in one.subject
    assert not {"\x07", "\u202e"} & set(one.subject + one.body)
    assert len(one.subject) <= notices.LONGEST_SUBJECT
    assert one.recipients() == ["lea@example.org"]
    assert "Bcc" not in one.message()


def test_a_step_that_fails_sends_nothing(people, draft):
    draft.body = ""
    draft.save()
    with pytest.raises(Exception, match="pas de texte"):
        take(draft, "publish", people["rose"])
    assert mail.outbox == []


class Broken(EmailBackend):
    """A mail server that cannot be reached."""

    def open(self):
        raise ConnectionRefusedError("no server")


class Choosy(EmailBackend):
    """A mail server that refuses one address."""

    def send_messages(self, messages):
        if messages[0].to == ["paul@example.org"]:
            raise notices.SMTPRecipientsRefused({"paul@example.org": (550, b"no such user")})
        return super().send_messages(messages)


def test_a_mail_server_that_fails_is_told_on_the_page_and_the_save_stays(client, people, draft, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    response = client.post(change(draft), form_of(draft, title="Relu", assigned_to=people["paul"].pk), follow=True)
    assert "le courriel à Paul n’est pas parti" in told(response)
    assert "A notice was not sent" in caplog.text
    draft.refresh_from_db()
    assert (draft.title, draft.assigned_to) == ("Relu", people["paul"])
    response = client.post(f"/admin/articles/article/{draft.pk}/publish/", {"version": draft.version}, follow=True)
    assert "le courriel à Lea n’est pas parti" in told(response)
    assert Article.objects.visible().exists()
    response = client.post(
        f"/admin/articles/article/{draft.pk}/remarks/", {"body": "Oui", "to": people["lea"].pk}, follow=True
    )
    assert "le courriel à Lea n’est pas parti" in told(response)
    assert Remark.objects.count() == 1


def test_one_refused_address_does_not_keep_the_others_from_their_mail(people, draft, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    lost = []
    flow.take(draft, "submit", by=people["lea"], tell=lost.append)
    assert [to for to, _subject in sent()] == ["rose@example.org"]
    assert len(lost) == 1
    assert "à Paul n’est" in lost[0]


def test_a_silent_mail_server_does_not_keep_an_editor_waiting_for_long(settings):
    assert 0 < settings.EMAIL_TIMEOUT <= 10
