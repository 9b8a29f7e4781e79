# Everything people and machines do here. `make help` lists it.
# Variables: ACCOUNT= ORG= NAME= ID= LIMIT= TRAIN= DRY_RUN=1 SKIP_DUPLICATES=0 USE_LLM=1 OPTIONS='…' (see `make help`)

.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
WA2PG := $(BIN)/wa2pg

# what is said is Russian where wa2pg would speak it (a line's second ## is for that)
russian := $(filter ru% RU%,$(or $(WA2PG_LANG),$(LANGUAGE),$(LC_ALL),$(LC_MESSAGES),$(LANG)))
english := say 1, yes, true, 0, no or false
russian_too := напишите 1, yes, true, 0, no или false
say := $(if $(russian),$(russian_too),$(english))

# 1, yes, true switch on; 0, no, false and empty switch off; anything else is refused
on = $(if $(filter 1 yes true,$(strip $(2))),$(3),$(if $(filter-out 0 no false,$(strip $(2))),$(error $(1)=$(2): $(say))))
off = $(if $(filter 0 no false,$(strip $(2))),$(3),$(if $(filter-out 1 yes true,$(strip $(2))),$(error $(1)=$(2): $(say))))

# what a person typed reaches the program through the environment as it is: read neither by make nor by the shell
override ACCOUNT := $(value ACCOUNT)
override ORG := $(value ORG)
override NAME := $(value NAME)
override ID := $(value ID)
override LIMIT := $(value LIMIT)
override TRAIN := $(value TRAIN)
export ACCOUNT ORG NAME ID LIMIT TRAIN
account = $(if $(strip $(ACCOUNT)),--account "$$ACCOUNT")
org = $(if $(strip $(ORG)),--org "$$ORG")
limit = $(if $(strip $(LIMIT)),--limit "$$LIMIT")
load_options = $(limit) $(call on,DRY_RUN,$(DRY_RUN),--dry-run) $(call off,SKIP_DUPLICATES,$(SKIP_DUPLICATES),--no-skip-duplicates)

.PHONY: help
help: ## Show this list ## Показать этот список
	@awk -F ' ## ' '/^[a-z-]+:.* ## / { name = $$1; sub(/:.*/, "", name); \
		printf "  make %-15s %s\n", name, $$$(if $(russian),3,2) }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Make .venv with everything in it ## Подготовить .venv со всем нужным
	@sh tools/setup.sh

.PHONY: demo
demo: setup ## Try it all on a sample: no phone, no database needed ## Попробовать всё на примере: без телефона и базы
	@$(WA2PG) demo $(OPTIONS)

.PHONY: test
test: setup ## Run every test ## Запустить все тесты
	$(BIN)/python -m pytest -n 2 $(OPTIONS)

.PHONY: lint
lint: setup ## Check style, types, imports and the generated docs ## Проверить стиль, типы, импорты и справку в docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m cogapp -I . --check docs/cli.md docs/*/errors.md

.PHONY: docs
docs: setup ## Write docs/cli.md anew from the commands ## Написать docs/cli.md заново по командам
	$(BIN)/python -m cogapp -I . -r docs/cli.md docs/*/errors.md

.PHONY: translations
translations: setup ## Bring the catalogues in step with the messages ## Привести переводы в соответствие с сообщениями
	@$(BIN)/python -m tools.translations $(OPTIONS)

.PHONY: init
init: setup ## Ask five questions, check the answers, write .env ## Пять вопросов, проверка ответов и файл .env
	@$(WA2PG) init $(OPTIONS)

.PHONY: guides
guides: setup ## Write the screens of docs/*/guide.md anew ## Обновить экраны в docs/*/guide.md
	@$(BIN)/python -m tools.guides $(OPTIONS)

.PHONY: pictures
pictures: setup ## Make docs/pictures anew from a real run ## Сделать docs/pictures заново по настоящему запуску
	@$(BIN)/python -m tools.pictures

.PHONY: extract
extract: setup ## Link the phone, archive its history; later: what is new ## Привязать телефон и принять историю; потом — новое
	@$(WA2PG) extract $(account) $(OPTIONS)

.PHONY: clear-sessions
clear-sessions: setup ## Remove link keys: make clear-sessions ACCOUNT=office ## Удалить ключи связи: make clear-sessions ACCOUNT=office
	@$(WA2PG) sessions clear $(if $(strip $(ACCOUNT)),"$$ACCOUNT") $(OPTIONS)

.PHONY: upgrade
upgrade: setup ## Newer libraries, tested (when WhatsApp says 405) ## Обновить библиотеки (например, WhatsApp ответил 405)
	@sh tools/upgrade.sh $(OPTIONS)

.PHONY: transform
transform: setup ## Snapshots to clean tables, offline ## Снимки в чистые таблицы, без сети
	@$(WA2PG) transform $(account) $(call on,USE_LLM,$(USE_LLM),--use-llm) $(OPTIONS)

.PHONY: review
review: setup ## Write the spreadsheet where you have the last word ## Создать таблицу, в которой последнее слово за вами
	@$(WA2PG) review $(account) $(OPTIONS)

.PHONY: load
load: setup ## Clean tables to PostgreSQL: make load ORG=my-company ## Чистые таблицы в PostgreSQL: make load ORG=moia-kompaniia
	@$(WA2PG) load $(account) $(org) $(load_options) $(OPTIONS)

.PHONY: import
import: setup ## All three in a row: make import ORG=my-company ## Всё подряд: make import ORG=moia-kompaniia
	@$(WA2PG) import $(account) $(org) $(load_options) $(call on,USE_LLM,$(USE_LLM),--use-llm) $(OPTIONS)

.PHONY: audit
audit: setup ## Check the archive, of one account with ACCOUNT=office ## Проверить архив, один аккаунт: ACCOUNT=office
	@$(WA2PG) audit $(if $(strip $(ACCOUNT)),"$$ACCOUNT") $(OPTIONS)

.PHONY: doctor
doctor: setup ## Is everything there? What mends what is not? ## Всё ли на месте? Как исправить то, чего нет?
	@$(WA2PG) doctor $(account) $(OPTIONS)

.PHONY: org
org: setup ## Make an organisation: make org NAME='My company' ## Создать организацию: make org NAME='Моя компания'
	@$(WA2PG) org create "$$NAME" $(if $(strip $(ID)),--id "$$ID") $(OPTIONS)

.PHONY: model
model: setup ## Train the language model: make model TRAIN=train.tsv ## Обучить языковую модель: make model TRAIN=train.tsv
	@$(BIN)/python -m tools.train_language_model "$$TRAIN" $(OPTIONS)

.PHONY: chaos
chaos: setup ## Kill every stage at random and compare (minutes) ## Обрывать каждый этап наугад и сравнивать (минуты)
	$(BIN)/python -m tests.chaos $(OPTIONS)
	$(BIN)/python -m tests.link_chaos

.PHONY: bench
bench: setup ## Print the figures of every benchmark (minutes) ## Измерить скорость всего (минуты)
	$(BIN)/python -m benchmarks.extract
	$(BIN)/python -m benchmarks.audit
	$(BIN)/python -m benchmarks.transform
	$(BIN)/python -m benchmarks.link
	$(BIN)/python -m benchmarks.language
	$(BIN)/python -m benchmarks.status
	$(BIN)/python -m benchmarks.load 200000
	$(BIN)/python -m benchmarks.report
