"""A mail that is pasted below the reply with its From, Sent, To and Subject, in any language."""

import pytest

from marketing_agent.mail.strip import strip_html, strip_reply

REPLY = "Yes, gladly.\n\nJane"
OLD = "Hello Jane,\n\nshall we talk?"
MAX = "Max Muster <max@acme.example>"
JANE = "Jane Doe <jane@client.example>"

LABELS = {
    "en": ("From", "Sent", "To", "Subject"),
    "en-date": ("From", "Date", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "de-date": ("Von", "Datum", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "fr-2": ("De", "Envoyé le", "À", "Objet"),
    "es": ("De", "Enviado", "Para", "Asunto"),
    "es-2": ("De", "Enviado el", "Para", "Asunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "it-2": ("Da", "Data", "A", "Oggetto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "pt": ("De", "Enviada em", "Para", "Assunto"),
    "pt-2": ("De", "Enviado", "Para", "Assunto"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "sk": ("Od", "Odoslané", "Komu", "Predmet"),
    "hu": ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    "ro": ("De la", "Trimis", "Către", "Subiect"),
    "bg": ("От", "Изпратено", "До", "Относно"),
    "el": ("Από", "Στάλθηκε", "Προς", "Θέμα"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "ru-2": ("От кого", "Дата", "Кому", "Тема"),
    "uk": ("Від", "Надіслано", "Кому", "Тема"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu"),
    "tr-2": ("Gönderen", "Gönderilme Tarihi", "Kime", "Konu"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "zh-TW": ("寄件者", "寄件日期", "收件者", "主旨"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    "ar": ("من", "تم الإرسال", "إلى", "الموضوع"),
    "he": ("מאת", "נשלח", "אל", "נושא"),
    "vi": ("Từ", "Đã gửi", "Đến", "Chủ đề"),
    "id": ("Dari", "Dikirim", "Kepada", "Subjek"),
    "th": ("จาก", "ส่ง", "ถึง", "เรื่อง"),
    "hr": ("Od", "Poslano", "Za", "Predmet"),
    "sl": ("Od", "Poslano", "Za", "Zadeva"),
    "et": ("Saatja", "Saadetud", "Adressaat", "Teema"),
}
FORMS = {
    "plain": "{}: {}\n{}: {}\n{}: {}\n{}: {}\n",
    "spaced": "{} : {}\n{} : {}\n{} : {}\n{} : {}\n",
    "bold": "*{}:* {}\n*{}:* {}\n*{}:* {}\n*{}:* {}\n",
    "bold-name": "*{}*: {}\n*{}*: {}\n*{}*: {}\n*{}*: {}\n",
    "wide-colon": "{}\uff1a{}\n{}\uff1a{}\n{}\uff1a{}\n{}\uff1a{}\n",
    "ruled": "________________________________\n{}: {}\n{}: {}\n{}: {}\n{}: {}\n",
    "tabbed": "{}:\t{}\n{}:\t{}\n{}:\t{}\n{}:\t{}\n",
}


def header(labels: tuple[str, str, str, str], form: str) -> str:
    values = (MAX, "06.05.2031 09:08", JANE, "Re: a question")
    return form.format(*(piece for pair in zip(labels, values, strict=True) for piece in pair))


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_pasted_mail_goes(labels: tuple[str, str, str, str], form: str) -> None:
    assert strip_reply(f"{REPLY}\n\n{header(labels, form)}\n{OLD}") == REPLY


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_a_pasted_mail_goes_in_html(labels: tuple[str, str, str, str]) -> None:
    rows = "".join(f"<p class=MsoNormal><b>{label}:</b> x@acme.example<br></p>" for label in labels)
    assert strip_html(f"<p>Yes,<br>gladly.</p><hr>{rows}<p>Hello Jane</p>") == "Yes,\ngladly."


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_a_mail_that_is_all_there_is_loses_its_header(labels: tuple[str, str, str, str]) -> None:
    assert strip_reply(f"{header(labels, FORMS['plain'])}\n{OLD}") == OLD


def test_a_header_in_a_table_is_one_too() -> None:
    rows = "".join(
        f"<tr><td><b>{label}:</b></td><td>x@acme.example</td></tr>" for label in LABELS["en"]
    )
    assert strip_html(f"<div>Yes</div><table>{rows}</table><div>Hello Jane</div>") == "Yes"


def test_a_header_that_lost_its_line_ends_is_one_too() -> None:
    text = f"Yes\n\nFrom: {MAX} Sent: Tuesday, May 6, 2031 To: {JANE} Subject: a question\n\n{OLD}"
    assert strip_reply(text) == "Yes"


@pytest.mark.parametrize(
    "text",
    [
        "From: Berlin\nTo: Munich\nDate: 6 May\nTwo persons, please.",
        "From: 6 May 10:00\nTo: 7 May 12:00",
        "Subject: your offer\nWe like it.",
        "Date: 6 May\nPlace: our office\nTime: 10:00",
        "To: all of you\nThank you!",
        "An: alle\nDanke!",
        "Re: your question, yes.\nFrom: our side nothing stands against it.",
        "Data: do ustalenia\nTemat: oferta",
    ],
)
def test_words_of_the_writer_that_look_like_a_header_stay(text: str) -> None:
    assert strip_reply(f"Hello Max,\n\n{text}\n\nJane") == f"Hello Max,\n\n{text}\n\nJane"


@pytest.mark.parametrize(
    "title",
    [
        "---------- Forwarded message ----------",
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "Anfang der weitergeleiteten Nachricht:",
        "---------- Message transféré ----------",
        "Début du message transféré :",
        "---------- Mensaje reenviado ---------",
        "Inizio messaggio inoltrato:",
        "---------- Mensagem encaminhada ----------",
        "---------- Doorgestuurd bericht ----------",
        "-------- Videresendt meddelelse --------",
        "-------- Пересылаемое письмо --------",
        "---------- 转发邮件 ----------",
    ],
)
def test_a_forwarded_mail_stays_below_words_and_loses_its_header_without(title: str) -> None:
    forwarded = f"{title}\n{header(LABELS['en'], FORMS['plain'])}\n{OLD}"
    assert strip_reply(f"Please see below.\n\n{forwarded}") == f"Please see below.\n\n{forwarded}"
    assert strip_reply(forwarded) == OLD
