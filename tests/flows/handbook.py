"""The calls of the operations handbook, in its order: daily check, runbooks 1 to 4, 8 and 9."""

SET_AS_JSON = 'curl -X POST $BASE/api/config -H "Content-Type: application/json"'

DAILY = (
    "curl $BASE/health",
    "curl $BASE/api/stats",
    "curl $BASE/api/retry-queue/stats",
)
NOT_SENDING = (
    "curl $BASE/api/stats",
    "curl $BASE/api/config/emergency_stop",
    'curl "$BASE/api/prospects?stage=ready&limit=5"',
    "curl $BASE/api/inboxes/health",
    f"""{SET_AS_JSON} -d '{{"key": "emergency_stop", "value": false}}'""",
    "curl $BASE/api/inboxes",
    "curl -X POST $BASE/cron/send-emails",
)
BOUNCES = (
    "curl $BASE/api/bounces/recent",
    'curl "$BASE/api/emails?status=bounced&limit=20"',
    """curl -X POST $BASE/api/config -d '{"key": "emergency_stop", "value": true}'""",
)
HEALTH = (
    "curl $BASE/api/inboxes",
    'curl "$BASE/api/emails?inbox=inbox1@example.com&limit=50"',
    'curl "$BASE/api/bounces?inbox=inbox1@example.com"',
    """curl -X POST $BASE/api/inboxes/update -d '{"inbox": "inbox1@example.com", "daily_limit": 10}'""",
)
REPLIES = (
    "curl $BASE/api/inboxes/imap-status",
    'curl "$BASE/api/inbox?limit=20"',
    "curl $BASE/api/errors?type=reply_processing",
    "curl -X POST $BASE/api/inbox/reprocess",
    "curl -X POST $BASE/api/inbox/123/classify",
)
STOP = (
    f"""{SET_AS_JSON} -d '{{"key": "emergency_stop", "value": true}}'""",
    "curl $BASE/api/config/emergency_stop",
    'curl "$BASE/api/emails?limit=50&order=desc"',
    "curl $BASE/api/errors?limit=100",
    """curl -X POST $BASE/api/config -d '{"key": "max_emails_per_run", "value": 1}'""",
    """curl -X POST $BASE/api/config -d '{"key": "emergency_stop", "value": false}'""",
)
NEW_INBOX = (
    """curl -X POST $BASE/api/inboxes/test -d '{"inbox": "new@example.com"}'""",
    """curl -X POST $BASE/api/inboxes -d '{
    "email": "new@example.com",
    "warmup_enabled": true,
    "warmup_start_date": "2025-01-01",
    "daily_limit": 5
  }'""",
)
CARD = (
    "curl $BASE/health",
    "curl $BASE/api/stats",
    "curl $BASE/api/retry-queue/stats",
    "curl $BASE/api/inboxes/health",
    "curl $BASE/api/errors?limit=20",
    """curl -X POST $BASE/api/config -d '{"key":"emergency_stop","value":true}'""",
)

LINES = (
    *DAILY,
    *NOT_SENDING,
    *BOUNCES,
    *HEALTH,
    *REPLIES,
    *STOP,
    *NEW_INBOX,
    *CARD,
)
