"""Where each command is."""

# imported when called: transform and load have no use for what extract's libraries take to load
COMMANDS = {
    "init": "wa2pg.commands.init:init_command",
    "extract": "wa2pg.commands.extract:extract_command",
    "transform": "wa2pg.commands.transform:transform_command",
    "load": "wa2pg.commands.load:load_command",
    "import": "wa2pg.commands.import_:import_command",
    "review": "wa2pg.commands.review:review_command",
    "audit": "wa2pg.commands.audit:audit_command",
    "snapshots": "wa2pg.commands.snapshots:snapshots_group",
    "sessions": "wa2pg.commands.sessions:sessions_group",
    "db": "wa2pg.commands.database:db_group",
    "org": "wa2pg.commands.database:org_group",
    "runs": "wa2pg.commands.runs:runs_group",
    "evaluate": "wa2pg.commands.evaluate:evaluate_group",
    "doctor": "wa2pg.commands.doctor:doctor_command",
    "completion": "wa2pg.commands.completion:completion_command",
    "demo": "wa2pg.commands.demo:demo_command",
}
