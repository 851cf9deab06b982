"""The IMAP sessions of this process, kept open from one poll to the next."""

from marketing_agent.inbound.sessions import SessionPool

POOL = SessionPool()
