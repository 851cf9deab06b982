import stat
from pathlib import Path

from cli.shell import run


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_init_makes_a_home_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ended = run(home, "init")
    assert ended.returncode == 0, ended.stderr
    assert "marketing-agent up" in ended.stdout
    assert mode(home) == mode(home / "curl") == mode(home / "logs") == 0o700
    for name in ("key", "netrc", "curl/.curlrc", "agent.sqlite3"):
        assert mode(home / name) == 0o600, name


def test_init_again_keeps_key_token_and_data(tmp_path: Path) -> None:
    run(tmp_path, "init")
    kept = {name: (tmp_path / name).read_bytes() for name in ("key", "netrc", "curl/.curlrc")}
    run(tmp_path, "config", "set", "sender_name", "Ada")
    assert run(tmp_path, "init").returncode == 0
    assert {name: (tmp_path / name).read_bytes() for name in kept} == kept
    assert run(tmp_path, "config", "get", "sender_name").stdout == "sender_name: Ada\n"
    assert not list((tmp_path / "backups").iterdir())


def test_the_curl_files_name_our_host_and_hold_no_header(tmp_path: Path) -> None:
    run(tmp_path, "init", MARKETING_AGENT_PORT="9911")
    netrc = (tmp_path / "netrc").read_text().split()
    assert netrc[:5] == ["machine", "127.0.0.1", "login", "agent", "password"]
    assert netrc[5].startswith("ma_")
    assert (tmp_path / "curl" / ".curlrc").read_text() == (
        f'netrc-optional\nnetrc-file="{tmp_path / "netrc"}"\n'
    )
    lines = run(tmp_path, "env", MARKETING_AGENT_PORT="9911").stdout
    assert lines == (
        f"export CURL_HOME={tmp_path}/curl\nexport MARKETING_AGENT_URL=http://127.0.0.1:9911\n"
    )


def test_a_home_with_a_space_survives_the_shell(tmp_path: Path) -> None:
    home = tmp_path / "my home"
    run(home, "init")
    assert f"export CURL_HOME='{home}/curl'\n" in run(home, "env").stdout


def test_before_init_each_command_says_what_to_do(tmp_path: Path) -> None:
    for words in (("env",), ("up",), ("status",), ("stop",)):
        ended = run(tmp_path, *words)
        assert ended.returncode == 1, words
        assert ended.stdout == ""
        assert ended.stderr.count("\n") == 1, ended.stderr
        assert "marketing-agent init" in ended.stderr


def test_a_home_that_does_not_exist_is_not_made_by_looking_at_it(tmp_path: Path) -> None:
    ended = run(tmp_path / "nowhere", "status")
    assert (ended.returncode, "marketing-agent init" in ended.stderr) == (1, True)
    assert not (tmp_path / "nowhere").exists()


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    ended = run(tmp_path, "status", DATABASE_URL="mysql://x")
    assert (ended.returncode, "DATABASE_URL must begin" in ended.stderr) == (1, True)
    ended = run(tmp_path, "status", MARKETING_AGENT_PORT="many")
    assert (ended.returncode, "PORT cannot be used" in ended.stderr) == (1, True)


def test_a_public_address_is_refused_unless_a_proxy_stands_in_front(tmp_path: Path) -> None:
    run(tmp_path, "init")
    for verb in ("web", "up"):
        ended = run(tmp_path, verb, MARKETING_AGENT_HOST="0.0.0.0")  # noqa: S104  it is refused
        assert ended.returncode == 1
        assert "TRUSTED_PROXIES" in ended.stderr
