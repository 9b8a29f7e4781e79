# Read by the other scripts: `told ENGLISH RUSSIAN` prints the one that the person reads, chosen as wa2pg does.
told() {
    case "${WA2PG_LANG:-${LANGUAGE:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}}}" in
        [rR][uU]*) printf '%s' "$2" ;;
        *) printf '%s' "$1" ;;
    esac
}

fail() {
    printf '%s %s\n  %s %s\n' "$(told error: ошибка:)" "$1" "$(told hint: подсказка:)" "$2" >&2
    exit 1
}
