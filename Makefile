# Two commands do everything: `make run` and `make test`.
ADDR ?= 127.0.0.1:8080
DATA ?= data/demo

.PHONY: run test check build generate shots fuzz tools

run: build            ## build, fill a demo city, serve it on http://localhost:8080
	./kakehashi demo --addr $(ADDR) --data $(DATA)

test: tools check     ## everything that must hold before a change lands
	go test -count=1 -timeout 15m ./...

build:
	go build -trimpath -o kakehashi .

check:                ## what needs no running program: format, vet, static analysis, fresh generated files
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go tool staticcheck ./...
	sh scripts/generated-is-fresh

generate:             ## make the Go files of the templates anew
	go tool templ generate

shots: tools    ## pictures of every page, phone and desktop, in shots/
	go run ./test/shots -out shots

fuzz:                 ## a minute on every fuzz target
	sh scripts/fuzz 60s

tools:                ## what tests need and a new machine lacks: a browser and the accessibility checker
	sh scripts/tools
