module github.com/ai-impact-observatory/ailca

go 1.26.0

require (
	github.com/apache/arrow/go/v17 v17.0.0 // Parquet: footers and the writer; its readers are the tests' oracle
	github.com/expr-lang/expr v1.17.8 // the parser of rules; its VM is the tests' oracle
	github.com/goccy/go-yaml v1.19.2 // YAML with the place of every token
	github.com/jedib0t/go-pretty/v6 v6.8.3 // tables on a terminal, widths of wide characters included
	github.com/klauspost/compress v1.20.4 // zstd and snappy pages, bounded; newer than arrow asks for, for its advisories
	github.com/rogpeppe/go-internal v1.16.0 // tests: scripts of whole commands (testscript)
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // BoAmps reports against their JSON Schema
	github.com/spf13/cobra v1.10.2 // commands, flags, help, completion
	github.com/spf13/pflag v1.0.10 // the flags that cobra uses
	github.com/spf13/viper v1.21.0 // settings from flags, environment, file and defaults
	github.com/vbauerster/cupwriter v0.0.5 // whether standard error is a terminal, as the progress bars judge it
	github.com/vbauerster/mpb/v8 v8.16.2 // progress bars
	github.com/xitongsys/parquet-go v1.6.2 // small tables by struct, and a second, independent Parquet reader
	github.com/xitongsys/parquet-go-source v0.0.0-20241021075129-b732d2ac9c9b // files in memory for it
	github.com/xuri/excelize/v2 v2.11.1 // workbooks of scenarios
	github.com/zeebo/xxh3 v1.0.2 // digests of strings where only their equality matters
	golang.org/x/sys v0.50.0 // renaming at one stroke, locks
	golang.org/x/text v0.44.0 // names without accents (unicode/norm)
	pgregory.net/rapid v1.3.0 // tests: properties
)

require (
	github.com/chromedp/cdproto v0.0.0-20250724212937-08a3db8b4327 // tests: what the browser reports
	github.com/chromedp/chromedp v0.14.2 // tests: the report in a real browser
)

require (
	github.com/BurntSushi/toml v1.4.1-0.20240526193622-a339e1f7089c // indirect
	github.com/JohnCGriffin/overflow v0.0.0-20211019200055-46fa312c352c // indirect
	github.com/VividCortex/ewma v1.2.0 // indirect
	github.com/acarl005/stripansi v0.0.0-20180116102854-5a71ef0e047d // indirect
	github.com/andybalholm/brotli v1.1.0 // indirect
	github.com/apache/arrow/go/arrow v0.0.0-20200730104253-651201b0f516 // indirect
	github.com/apache/thrift v0.20.0 // indirect
	github.com/chromedp/sysutil v1.1.0 // indirect
	github.com/clipperhouse/uax29/v2 v2.7.0 // indirect
	github.com/fsnotify/fsnotify v1.9.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20250725192818-e39067aee2d2 // indirect
	github.com/go-viper/mapstructure/v2 v2.4.0 // indirect
	github.com/gobwas/httphead v0.1.0 // indirect
	github.com/gobwas/pool v0.2.1 // indirect
	github.com/gobwas/ws v1.4.0 // indirect
	github.com/goccy/go-json v0.10.3 // indirect
	github.com/golang/snappy v0.0.4 // indirect
	github.com/google/flatbuffers v24.3.25+incompatible // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/klauspost/asmfmt v1.3.2 // indirect
	github.com/klauspost/cpuid/v2 v2.2.8 // indirect
	github.com/mattn/go-runewidth v0.0.30 // indirect
	github.com/minio/asm2plan9s v0.0.0-20200509001527-cdd76441f9d8 // indirect
	github.com/minio/c2goasm v0.0.0-20190812172519-36a3d3bbc4f3 // indirect
	github.com/pelletier/go-toml/v2 v2.2.4 // indirect
	github.com/pierrec/lz4/v4 v4.1.21 // indirect
	github.com/richardlehane/mscfb v1.0.9 // indirect
	github.com/richardlehane/msoleps v1.0.6 // indirect
	github.com/sagikazarmark/locafero v0.11.0 // indirect
	github.com/sourcegraph/conc v0.3.1-0.20240121214520-5f936abd7ae8 // indirect
	github.com/spf13/afero v1.15.0 // indirect
	github.com/spf13/cast v1.10.0 // indirect
	github.com/subosito/gotenv v1.6.0 // indirect
	github.com/tiendc/go-deepcopy v1.7.2 // indirect
	github.com/xuri/efp v0.0.3-0.20260924042702-217b81952dec // indirect
	github.com/xuri/nfp v0.0.2-0.20250530014748-2ddeb826f9a9 // indirect
	go.yaml.in/yaml/v3 v3.0.4 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/exp v0.0.0-20240222234643-814bf88cf225 // indirect
	golang.org/x/exp/typeparams v0.0.0-20231108232855-2478ac86f678 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sync v0.25.0 // indirect
	golang.org/x/telemetry v0.0.0-20261010193011-f71dc92da45e // indirect
	golang.org/x/tools v0.52.0 // indirect
	golang.org/x/vuln v1.9.0 // indirect
	golang.org/x/xerrors v0.0.0-20231012003039-104605ab7028 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20261110000943-09e21b237f2c // indirect
	google.golang.org/grpc v1.85.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
	honnef.co/go/tools v0.8.2 // indirect
)

tool (
	golang.org/x/vuln/cmd/govulncheck
	honnef.co/go/tools/cmd/staticcheck
)
