"""Who shares a domain with whom: colleagues at a company, strangers at a public mail provider."""

PUBLIC_DOMAINS = frozenset(
    """
    aim.com aol.com aon.at arcor.de att.net bigpond.com bluewin.ch bol.com.br bt.com btinternet.com
    chello.nl comcast.net cox.net duck.com earthlink.net fastmail.com fastmail.fm free.fr freenet.de
    gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net googlemail.com hey.com home.nl hotmail.ch
    hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hotmail.nl hushmail.com
    icloud.com ig.com.br inbox.lv interia.pl kpnmail.nl laposte.net libero.it live.at live.be live.ca
    live.co.uk live.com live.de live.fr live.it live.nl mac.com mail.com mail.de mail.ru mailbox.org
    me.com msn.com netcologne.de neuf.fr o2.pl online.de onet.pl orange.fr outlook.at outlook.com
    outlook.de outlook.es outlook.fr outlook.it planet.nl pm.me posteo.de proton.me protonmail.ch
    protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com sapo.pt sbcglobal.net
    seznam.cz sfr.fr shaw.ca skynet.be sky.com sunrise.ch t-online.de talktalk.net telenet.be
    telia.com terra.com.br tin.it tiscali.it tutanota.com tuta.io uol.com.br verizon.net
    videotron.ca virgilio.it virginmedia.com vodafone.de wanadoo.fr web.de wp.pl xs4all.nl
    yahoo.ca yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com
    yandex.ru ymail.com zoho.com ziggo.nl 163.com 126.com
    """.split()  # noqa: SIM905  a hundred quotation marks read worse
)


def are_colleagues(domain: str) -> bool:
    """Say whether the addresses at `domain` belong to one company."""
    return bool(domain) and domain.casefold() not in PUBLIC_DOMAINS
