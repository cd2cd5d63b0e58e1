.bail off
.headers on
.import --csv in/fruit.csv fruit
.mode column
SELECT * FROM fruit;
.mode box
SELECT * FROM fruit;
.mode markdown
SELECT id, price FROM fruit;
.mode json
SELECT * FROM fruit;
.mode insert other
SELECT * FROM fruit;
.mode quote
SELECT *, typeof(price), x'00ff' FROM fruit;
.mode line
SELECT * FROM fruit LIMIT 1;
.mode html
SELECT * FROM fruit LIMIT 1;
.mode tabs
.once once.txt
SELECT * FROM fruit;
.shell sort -r once.txt
.mode list
.separator / \n
.nullvalue NULL
SELECT NULL, 1.0/3, printf('%.20f', 0.1);
.read in/more.sql
.read missing.sql
PRAGMA journal_mode=WAL;
CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<300)
INSERT INTO t SELECT i, hex(i*i), i*0.37/(i+1) FROM n;
PRAGMA wal_checkpoint(TRUNCATE);
.schema
.tables
.parameter set @x 42
SELECT * FROM t WHERE a=@x;
.parameter list
EXPLAIN SELECT b FROM t WHERE a=5;
.eqp on
SELECT sum(c) FROM t ORDER BY b;
.eqp off
.dump fruit
.output dump.sql
.dump
.output
.open second.db
.read dump.sql
SELECT count(*), total(c) FROM t;
VACUUM INTO 'third.db';
DELETE FROM t WHERE a%3;
VACUUM;
.backup back.db
.clone clone.db
.sha3sum
.open --readonly third.db
INSERT INTO t VALUES(1,2,3);
.open fourth.db
.restore back.db
SELECT count(*) FROM t;
.save saved.db
.show
SELECT readfile('in/more.sql'), length(readfile('saved.db')), writefile('written.txt', 'text');
SELECT count(*) FROM 'no table';
SELECT 'abc' REGEXP 'a.c', decimal_add('1.1', '2.2');
.exit 5
