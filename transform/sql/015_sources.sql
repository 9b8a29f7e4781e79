-- the raw tables of all snapshots, each row with its place in the order of arrival.
-- grain: a raw row; key: row_id (where there is one)
-- inputs: the files' views file_<table>, input_file (filename, file, snapshot)
create view raw_messages as
select
    (i.file::bigint << 40) | f.file_row_number as row_id,
    arrival_of(i.snapshot, f.payload) as arrival,
    f.*
from file_messages as f
inner join input_file as i using (filename);

create view raw_chats as
select
    arrival_of(i.snapshot, f.payload) as arrival,
    f.*
from file_chats as f
inner join input_file as i using (filename);

create view raw_contacts as
select
    arrival_of(i.snapshot, f.payload) as arrival,
    f.*
from file_contacts as f
inner join input_file as i using (filename);

create view raw_lid_map as
select
    arrival_of(i.snapshot, f.payload) as arrival,
    f.*
from file_lid_map as f
inner join input_file as i using (filename);

create view raw_rejects as
select
    f.reason,
    f.detail
from file_rejects as f;
