"""The servers that tests run against: ours alone, and gone afterwards."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy.engine import make_url

from dev import postgres
from dev import redis as redis_server


def test_a_redis_of_our_own_answers_and_goes():
    with redis_server.server() as url, redis.Redis.from_url(url) as client:
        client.set("crust", "thin")
        assert client.get("crust") == b"thin"
    with redis.Redis.from_url(url) as client, pytest.raises(redis.exceptions.ConnectionError):
        client.ping()


def test_a_postgresql_of_our_own_answers_and_goes():
    with postgres.cluster() as url:
        folder = Path(str(make_url(url).query["host"]))
        with psycopg.connect(host=str(folder), user="hotcorner", dbname="postgres") as connection:
            assert connection.execute("show timezone").fetchone() == ("UTC",)
    assert not folder.exists()


def test_a_command_beside_a_server_is_told_where_it_is_and_keeps_its_exit_code():
    script = "import os, sys; sys.exit(7 if os.environ['TEST_REDIS_URL'].startswith('redis://127.0.0.1:') else 1)"
    command = [sys.executable, "-m", "dev.redis", "--", sys.executable, "-c", script]
    assert subprocess.run(command, env=os.environ, check=False).returncode == 7
