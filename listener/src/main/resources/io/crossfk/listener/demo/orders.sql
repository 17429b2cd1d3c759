-- The orders service's database. orders.user_id refers to users.id of the other one.
create table orders (
  id      bigint primary key,
  user_id bigint,
  amount  numeric(12, 2) not null default 9.90
);
create index on orders (user_id);

create table order_lines (
  order_id bigint not null references orders on delete cascade,
  line_no  int not null,
  primary key (order_id, line_no)
);

insert into orders select i, 1 + (i - 1) % 100 from generate_series(1, 200) i;
insert into order_lines select i, n from generate_series(1, 200) i, generate_series(1, 2) n;
