import psycopg
import redis


def test_each_test_gets_a_real_postgresql_database_of_its_own(postgresql_url):
    with psycopg.connect(postgresql_url) as database:
        tables = database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()

    assert tables == (0,)


def test_each_test_gets_an_empty_real_redis(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
