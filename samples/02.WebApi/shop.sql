-- The data set: a year of orders, the same on every machine. The multipliers are primes that scatter the rows.
CREATE TABLE products (id INTEGER PRIMARY KEY, category TEXT NOT NULL, cents INTEGER NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, day TEXT NOT NULL, customer INTEGER NOT NULL);
CREATE TABLE lines (order_id INTEGER NOT NULL, product INTEGER NOT NULL, quantity INTEGER NOT NULL, PRIMARY KEY (order_id, product)) WITHOUT ROWID;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
INSERT INTO products
SELECT i, CASE i % 8 WHEN 0 THEN 'Books' WHEN 1 THEN 'Music' WHEN 2 THEN 'Games' WHEN 3 THEN 'Tools' WHEN 4 THEN 'Garden' WHEN 5 THEN 'Kitchen' WHEN 6 THEN 'Toys' ELSE 'Sports' END, 100 + i * 7919 % 9900
FROM n;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
INSERT INTO orders SELECT i, date('2025-01-01', '+' || (i * 7907 % 365) || ' days'), i * 104729 % 5000 FROM n;

INSERT INTO lines
SELECT orders.id, 1 + (orders.id * 31 + item.n * 67) % 200, 1 + (orders.id + item.n) % 5
FROM orders CROSS JOIN (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) AS item;

-- Without statistics the planner joins in the wrong order, which takes twenty times as long.
ANALYZE;
