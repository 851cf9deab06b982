"""What programs, gateways and lawyers add goes; what the writer says stays."""

import pytest

from marketing_agent.mail.strip import strip_html, strip_reply

REPLY = "No, thank you.\n\nJane"

DEVICES = [
    "Sent from my iPhone",
    "Sent from my Pixel 20 Pro",
    "Sent from my mobile, please excuse brevity.",
    "Sent from Outlook for Android",
    "Sent from Yahoo Mail on Android",
    "Sent from Proton Mail for iOS",
    "Sent with [Proton Mail](https://proton.example) secure email.",
    "Sent via Superhuman ( https://superhuman.example )",
    "Sent from Mail for Windows",
    "(sent from my phone)",
    "Get Outlook for iOS<https://aka.example/x>",
    "Get [Outlook for Android](https://aka.example/x)",
    "Von meinem iPhone gesendet",
    "Gesendet von Outlook für Android<https://aka.example/x>",
    "Gesendet mit der mobilen Mail App",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon mobile",
    "Télécharger Outlook pour Android",
    "Obtenez Outlook pour iOS",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Enviado a partir do meu telemóvel",
    "Inviato da iPhone",
    "Inviato dal mio Galaxy",
    "Scarica Outlook per iOS",
    "Verstuurd vanaf mijn iPhone",
    "Verzonden vanuit Outlook voor Android",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Odesláno z iPhonu",
    "Odoslané z iPhonu",
    "iPhone-omról küldve",
    "Trimis de pe iPhone-ul meu",
    "Изпратено от моя iPhone",
    "Στάλθηκε από το iPhone μου",
    "Отправлено с iPhone",  # noqa: RUF001  Russian
    "Надіслано з iPhone",
    "iPhone'umdan gönderildi",
    "iPhoneから送信",
    "发自我的iPhone",
    "從我的 iPhone 傳送",
    "나의 iPhone에서 보냄",
    "أُرسلت من الـ iPhone",
    "נשלח מה-iPhone שלי",
    "Đã gửi từ iPhone của tôi",
    "Dikirim dari iPhone saya",
    "ส่งจาก iPhone ของฉัน",
    "Poslano s mog iPhonea",
]


@pytest.mark.parametrize("device", DEVICES)
def test_a_telephones_line_goes(device: str) -> None:
    assert strip_reply(f"{REPLY}\n\n{device}\n") == REPLY
    assert strip_reply(f"{REPLY}\n\n{device}\n\nOn May 6, 2031, at 9:08, Max wrote:\n> Hi") == REPLY


NOTICES = [
    "This e-mail and any attachments are confidential and intended for the addressee only.",
    "CONFIDENTIALITY NOTICE: This message is privileged. If you got it in error, delete it.",
    "The information contained in this communication is confidential.",
    "If you are not the intended recipient, please tell the sender.",
    "Diese E-Mail enthält vertrauliche Informationen und ist nur für den Empfänger bestimmt.",
    "Der Inhalt dieser E-Mail ist vertraulich.",
    "Ce message et toutes les pièces jointes sont confidentiels.",
    "Este mensaje y sus anexos son confidenciales.",
    "AVISO LEGAL: este mensaje va dirigido a su destinatario.",
    "Questo messaggio è riservato e destinato al solo destinatario.",
    "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde.",
    "Esta mensagem é confidencial e destina-se apenas ao destinatário.",
    "Detta meddelande är konfidentiellt.",
    "Denne e-mail er fortrolig.",
    "Tämä viesti on luottamuksellinen.",
    "Niniejsza wiadomość jest poufna.",
    "Tato zpráva je důvěrná.",
    "Ez az üzenet bizalmas információt tartalmaz.",
    "Acest mesaj este confidențial.",
    "Το παρόν μήνυμα είναι εμπιστευτικό.",  # noqa: RUF001  Greek
    "Это сообщение конфиденциально.",
    "Bu e-posta gizli bilgi içerebilir.",
    "このメールは機密情報を含みます。",
    "本邮件含有保密信息，仅供收件人使用。",  # noqa: RUF001  Chinese
    "본 메일은 기밀 정보를 포함할 수 있습니다.",
    "You received this message because you are subscribed to the group.",
    "Reply to this email directly or view it on GitHub.",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_goes_with_all_that_follows(notice: str) -> None:
    assert strip_reply(f"{REPLY}\n\n{notice}\nMore of it.\n\nAnd more.") == REPLY


PASSING = [
    "Virus-free. www.avast.example",
    "Virenfrei. www.avast.example",
    "Garanti sans virus. www.avast.example",
    "Libre de virus. www.avast.example",
    "Please consider the environment before printing this e-mail.",
    "P Please consider the environment before printing.",
    "Bitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.",
    "Pensez à l'environnement avant d'imprimer ce message.",
    "Antes de imprimir este correo, piense en el medio ambiente.",
]


@pytest.mark.parametrize("paragraph", PASSING)
def test_a_passing_paragraph_goes_alone(paragraph: str) -> None:
    assert strip_reply(f"No, thank you.\n\n{paragraph}\n\nJane") == "No, thank you.\n\nJane"


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside the organization. Do not click links.",
        "[EXTERNAL]",
        "You don't often get email from max@acme.example. Learn why this is important",
        "ACHTUNG: Externe E-Mail. Keine Anhänge öffnen.",
        "ATTENTION : Ce message provient de l'extérieur.",
        "*** EXTERNAL EMAIL ***",
    ],
)
def test_a_banner_above_goes(banner: str) -> None:
    assert strip_reply(f"{banner}\n\n{REPLY}") == REPLY


@pytest.mark.parametrize(
    "text",
    [
        "This e-mail is not for me.\nPlease write to Tom.",
        "This message reached the wrong person.",
        "Diese E-Mail ist bei mir falsch.\nBitte nicht mehr schreiben.",
        "Este mensaje no es para mí.",
        "Ce message ne me concerne pas.",
        "Ez az e-mail nem nekem szól.",
        "Von meinem Chef weiß ich, dass kein Bedarf besteht.",
        "Sent via courier yesterday, you will have it soon.",
        "Sent from my desk, it is easier.",
        "Before printing the offer I want to see it.",
        "从我的角度看可以。",
        "请把资料发送",
        "資料をメールで送信",
        "At 9:00 I am free:\ncall me.",
        "On 6 May I wrote:\nnot interested.",
        "Am 6. Mai 2031 habe ich geschrieben:\nkein Interesse.",
        "Le 6 mai 2031, nous avons écrit :\nnon merci.",
        "Our offer in short:\n| item | price |\n| one | 20 |",
        "Meeting on 6.5.2031 at 9:08 in Berlin:\nagreed.",
        "You can reach me at 9:08 on +49 1234 or at jane@client.example:\nJane",
        "Thanks.\n\n—Jane",
        "-----\nA title\n-----\nand words below it that go on and on, for a good while and longer still.",
    ],
)
def test_what_the_writer_says_stays(text: str) -> None:
    assert strip_reply(f"Hello Max,\n\n{text}\n\nJane") == f"Hello Max,\n\n{text}\n\nJane"


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nJane Doe\nDirector",
        "--\nJane",
        "—\nJane",
        "__\nJane",
        "_______________\nJane Doe\nACME",
    ],
)
def test_a_signature_goes(signature: str) -> None:
    assert strip_reply(f"No, thank you.\n\n{signature}") == "No, thank you."


INTRODUCED = "On May 6, 2031, at 9:08, Max wrote:\n"


def test_answers_between_quotes_are_kept_below_a_signature() -> None:
    text = (
        "See below.\n\n-- \nJane Doe\nDirector\n\n"
        f"{INTRODUCED}> Do you need it?\n\nNo.\n\n> Later?\n\nPerhaps in May.\n\n> Max\n"
    )
    assert strip_reply(text) == "See below.\n\n\nNo.\n\n\nPerhaps in May."


def test_a_footer_below_the_quote_is_no_answer() -> None:
    text = f"No.\n\n-- \nJane\n\n{INTRODUCED}> Do you need it?\n\nACME Ltd, somewhere\n"
    assert strip_reply(text) == "No."


def test_quoted_lines_between_answers_can_be_shown() -> None:
    text = f"{INTRODUCED}> Hello\n\nGood day.\n\n> Do you need it?\n\nNo.\n\n> Max\n"
    assert strip_reply(text) == "Good day.\n\n\nNo."
    assert strip_reply(text, context=True) == "Good day.\n\n> Do you need it?\n\nNo."


def test_a_goodbye_below_the_quote_needs_no_context() -> None:
    text = f"Yes.\n\n{INTRODUCED}> Do you need it?\n\nRegards, Jane\n"
    assert "".join(strip_reply(text, context=True).split()) == "Yes.Regards,Jane"


def test_initials_before_quoted_lines_mark_them() -> None:
    assert strip_reply("MM> Do you need it?\nMM> Now?\nNo.") == "No."


def test_a_link_that_a_program_folded_stays_quoted() -> None:
    text = f"No.\n\n{INTRODUCED}\n> see it (http://acme.example/a\nb=1)\n>\n"
    assert strip_reply(text) == "No."


@pytest.mark.parametrize(
    "html",
    [
        '<div>Yes</div><div class="gmail_quote"><div class="gmail_attr">On Tue Max wrote:</div></div>',
        '<div>Yes</div><div class="x_gmail_quote">Hello<blockquote>older</blockquote></div>',
        "<div>Yes</div><div class=gmail_signature>Jane Doe</div>",
        '<p>Yes</p><div class="moz-cite-prefix">Unknown</div><blockquote type="cite">Hello</blockquote>',
        "<p>Yes</p><blockquote type='cite'><p>Hello<blockquote type='cite'>Older</blockquote></blockquote>",
        '<p>Yes</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: Max</div><p>Hello</p>',
        '<p>Yes</p><div style="border: none; border-top: solid #E1E1E1 1.0pt">From: Max</div>Hello',
        '<p>Yes</p><div class="protonmail_quote">Hello</div>',
        '<p>Yes</p><div id="yahoo_quoted_1" class="yahoo_quoted">Hello<blockquote>old</blockquote>x</div>',
        '<p>Yes</p><div name="messageReplySection">Hello</div>',
        '<p>Yes</p><blockquote style="border-left: 1px solid">Hello</blockquote>',
        "<p>Yes</p><blockquote>Hello</blockquote>",
        '<p>Yes</p><div id="isReplyContent">Hello</div>',
        "<p>Yes</p><p>Sent from my iPhone</p><blockquote type=cite>Hello</blockquote>",
        "<p>Yes</p>" + "<div>-----Original Message-----<br>From: Max</div>Hello",
    ],
)
def test_quotes_in_html_go(html: str) -> None:
    assert strip_html(f"<html><body>{html}</body></html>") == "Yes"


def test_an_answer_inside_gmails_quote_is_kept() -> None:
    html = (
        '<div class="gmail_quote">Am Di. schrieb Max:<br><blockquote class="gmail_quote">Hello'
        "<blockquote>older</blockquote></blockquote><div>Not interested.</div></div>"
    )
    assert strip_html(html) == "Not interested."


def test_an_answer_between_block_quotes_is_kept() -> None:
    html = "<blockquote type=cite>One?</blockquote>Yes.<blockquote type=cite>Two?</blockquote>No."
    assert strip_html(html).split() == ["Yes.", "No."]


def test_an_earlier_block_quote_may_be_the_writers() -> None:
    html = (
        "<p>The law says</p><blockquote>Pay.</blockquote><p>so pay.</p><blockquote>Hi</blockquote>"
    )
    assert strip_html(html).split() == ["The", "law", "says", "Pay.", "so", "pay."]


def test_an_empty_answer_is_empty() -> None:
    assert strip_html('<div class="gmail_quote">On Tue Max wrote: Hello</div>') == ""
    assert strip_reply(f"{INTRODUCED}> Hello\n\nSent from my iPhone") == ""


def test_a_mail_that_is_one_block_quote_is_shown() -> None:
    assert strip_html("<blockquote>My own words</blockquote>") == "My own words"


def test_a_version_and_an_address_are_no_date_and_writer() -> None:
    text = "Name: tool\nVersion: 4.16.0\nSummary: a tool\nAuthor: Tom <tom@client.example>\n\nJane"
    assert strip_reply(text) == text


def test_a_mail_that_gmail_forwards_is_shown() -> None:
    html = (
        'See below.<div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded '
        'message ---------<br>From: Tom</div><blockquote class="gmail_quote">Hello</blockquote></div>'
    )
    assert "Hello" in strip_html(html)
    assert strip_html(html).startswith("See below.")
