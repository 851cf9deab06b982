"""Reports in other languages and charsets than English and ASCII."""

from mail.reports import Report

ABROAD = (
    Report(
        "german",
        "hard",
        "Die Nachricht konnte nicht zugestellt werden.\n\n"
        "Folgende Empfänger sind betroffen:\n\n  jane@client.example\n\n"
        "Grund: Das Postfach existiert nicht.\n\n--- Kopie der Nachricht ---\n\n",
        subject="Unzustellbar: Your booking page",
        charset="iso-8859-1",
    ),
    Report(
        "french",
        "soft",
        "Votre courriel n'a pas pu être remis aux destinataires suivants :\n\n"
        "jane@client.example\nLa boîte aux lettres est pleine.\n\n",
        subject="Non remis : Your booking page",
    ),
    Report(
        "japanese",
        "hard",
        "次のメールは配信できませんでした。\n\n<jane@client.example>:\n"
        "宛先のアドレスが見つかりません。\n\n",
        subject="配信エラー",
        charset="iso-2022-jp",
    ),
    Report(
        "chinese, without a charset",
        "soft",
        "系统退信\n\n<jane@client.example>:\n\n收件人邮箱已满\n\n",
        subject="returned",
        charset="gb18030",
    ),
    Report(
        "russian",
        "block",
        """\
Письмо не может быть доставлено.

<jane@client.example>:

Письмо отклонено фильтром

""",
        subject="Возврат письма",
        charset="koi8-r",
    ),
)
