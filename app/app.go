// Package app puts platform, engines and domains together and is the program's
// commands: serve, demo, migrate, import, export, backup, restore, doctor,
// token, operator, bench, and whatever else the modules bring.
//
// A command ends with 0 when it did what was asked, 1 when it was tried and
// failed, 2 when the words on the command line are off. What it was asked for
// goes to the standard output, everything else to the standard error.
package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"sort"
	"strings"
	"syscall"

	"kakehashi/app/bench"
	"kakehashi/domains"
	"kakehashi/platform/module"
)

// Exit codes of the program.
const (
	exitOK    = 0
	exitError = 1 // it was tried and failed
	exitUsage = 2 // the words on the command line are off
)

// run is what a command works with: its standing streams and logger.
type run struct {
	in       io.Reader
	out, err io.Writer
	cfg      *Config
	log      *slog.Logger
}

// command is one command of the operator's.
type command struct {
	usage, help string
	// setup declares the command's own flags and returns what runs it.
	setup func(*flag.FlagSet) func(ctx context.Context, r *run, args []string) error
}

// errUsage says that the operands are not what the command takes.
var errUsage = errors.New("usage")

// commands are all commands by the words they are called with.
func commands() map[string]command {
	all := map[string]command{
		"serve":       {"", "serve the city in the data folder", serveCommand},
		"demo":        {"", "fill an empty data folder with the demo city, and serve it", demoCommand},
		"migrate":     {"[--from URL --to URL]", "bring the tables up to date, or move a city between engines", migrateCommand},
		"backup":      {"FILE", "write everything the city holds, without the keys, into one file", backupCommand},
		"restore":     {"FILE", "read a backup into an empty data folder", restoreCommand},
		"draw verify": {"FILE", "run the draw of a proof again, and say which line is off and why", drawVerifyCommand},
		"doctor":      {"[audit]", "explain the settings and check the city, or its log alone", doctorCommand},
		"version":     {"", "say which version this is", versionCommand},
	}
	for _, mc := range domains.Commands() {
		all[mc.Name] = moduleCommand(mc)
	}
	for _, b := range bench.All() {
		all["bench "+b.Name] = benchCommand(b)
	}
	return all
}

// Main runs the command in args and returns the exit code of the process. The
// first SIGINT or SIGTERM asks it to finish, the second ends it.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from then on signals do what they do by themselves
	all := commands()
	line := parse(all, args)
	switch {
	case line.help && line.name == "":
		help(out, all, line.words)
		return exitOK
	case line.name == "":
		fmt.Fprintln(errOut, "kakehashi:", line.problem(all))
		help(errOut, all, line.words)
		return exitUsage
	}
	fs := flag.NewFlagSet(line.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	cfg := flags(fs, os.Getenv)
	do := all[line.name].setup(fs)
	usage := func(w io.Writer) {
		c := all[line.name]
		fmt.Fprintf(w, "kakehashi %s\n    %s\n\n", strings.TrimSpace(line.name+" [flags] "+c.usage), c.help)
		fs.SetOutput(w)
		fs.PrintDefaults()
	}
	operands, err := parseMixed(fs, line.rest)
	switch {
	case errors.Is(err, flag.ErrHelp) || line.help:
		usage(out)
		return exitOK
	case err == nil:
		err = cfg.settle(fs)
	}
	var log *slog.Logger
	if err == nil {
		log, err = cfg.logger(errOut)
	}
	if err != nil {
		fmt.Fprintf(errOut, "kakehashi: %v\nSee: kakehashi %s --help\n", err, line.name)
		return exitUsage
	}
	err = do(ctx, &run{in: in, out: out, err: errOut, cfg: cfg, log: log}, operands)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errUsage):
		usage(errOut)
		return exitUsage
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(errOut, "kakehashi: stopped before it was done")
	default:
		fmt.Fprintln(errOut, "kakehashi:", err)
	}
	return exitError
}

// line is a command line, taken apart.
type line struct {
	name  string   // the command; "" when there is none
	words []string // what was typed in its place
	rest  []string // flags and operands
	help  bool     // the help was asked for
}

// parse finds the command in args. Settings may stand before it, too.
func parse(all map[string]command, args []string) line {
	before := flag.NewFlagSet("", flag.ContinueOnError)
	before.SetOutput(io.Discard)
	before.Usage = func() {}
	flags(before, func(string) string { return "" })
	version := before.Bool("version", false, "")
	err := before.Parse(args)
	words := before.Args()
	l := line{help: errors.Is(err, flag.ErrHelp), words: words}
	if err != nil && !l.help {
		l.words = args[:1]
		return l
	}
	settings := args[:len(args)-len(words)]
	switch {
	case l.help:
		return l
	case *version:
		return line{name: "version"}
	case len(words) > 0 && words[0] == "help":
		l.help, words = true, words[1:]
		l.words = words
	}
	for n := min(3, len(words)); n > 0; n-- {
		name := strings.Join(words[:n], " ")
		if _, ok := all[name]; ok {
			l.name, l.rest = name, append(settings[:len(settings):len(settings)], words[n:]...)
			return l
		}
	}
	return l
}

// problem says why there is no command.
func (l line) problem(all map[string]command) string {
	if len(l.words) == 0 {
		return "a command is missing"
	}
	for name := range all {
		if strings.HasPrefix(name, l.words[0]+" ") {
			return fmt.Sprintf("%s what?", l.words[0])
		}
	}
	return fmt.Sprintf("there is no command %q", l.words[0])
}

// parseMixed parses flags that stand before, between or after operands, and
// returns the operands. What follows "--" is an operand.
func parseMixed(fs *flag.FlagSet, args []string) (operands []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		rest := fs.Args()
		if parsed := args[:len(args)-len(rest)]; len(parsed) > 0 && parsed[len(parsed)-1] == "--" {
			return append(operands, rest...), nil
		}
		if len(rest) == 0 {
			return operands, nil
		}
		operands = append(operands, rest[0])
		args = rest[1:]
	}
}

// help lists the commands, or those alone that begin with the first of words
// when there are such: `kakehashi import` lists what can be imported.
func help(w io.Writer, all map[string]command, words []string) {
	var names, wanted []string
	for name := range all {
		names = append(names, name)
		if len(words) > 0 && strings.HasPrefix(name, words[0]+" ") {
			wanted = append(wanted, name)
		}
	}
	if len(wanted) > 0 {
		names = wanted
	}
	sort.Strings(names)
	fmt.Fprint(w, "kakehashi: a city's place of collaboration\n\n")
	for _, name := range names {
		fmt.Fprintf(w, "  %s\n        %s\n", strings.TrimSpace(name+" "+all[name].usage), all[name].help)
	}
	fmt.Fprint(w, "\nFlags of a command, the settings among them: kakehashi COMMAND --help\n")
}

// moduleCommand makes a command of the operator's from a module's.
func moduleCommand(mc module.Command) command {
	return command{mc.Usage, mc.Help, func(fs *flag.FlagSet) func(context.Context, *run, []string) error {
		do := mc.Setup(fs)
		return func(ctx context.Context, r *run, args []string) error {
			if least, most := operands(mc.Usage); len(args) < least || len(args) > most {
				return errUsage
			}
			env := module.Env{Stdin: r.in, Stdout: r.out, Stderr: r.err}
			if mc.Bare {
				return do(ctx, env, args)
			}
			c, err := openCity(ctx, r.cfg, r.log, orNew)
			if err != nil {
				return err
			}
			defer c.close()
			if err := c.migrate(ctx); err != nil {
				return err
			}
			env.Deps = c.deps
			return do(ctx, env, args)
		}
	}}
}

var (
	usageFlag  = regexp.MustCompile(`\[?--[a-z-]+( [^\s\[\]-][^\s\]]*)?(\](…|\.\.\.)?)?`) // "--person MAIL|ID", "[--name TEXT]…"
	usageGroup = regexp.MustCompile(`\[([^\]]*)\]`)                                       // "[FILE]"
)

// operands returns how many operands a usage asks for at least and at most:
// its words beside the flags, those in brackets being optional. Three dots
// mean any number.
func operands(usage string) (least, most int) {
	usage = usageFlag.ReplaceAllString(usage, "")
	must := strings.Fields(usageGroup.ReplaceAllString(usage, ""))
	may := strings.Fields(usageGroup.ReplaceAllString(usage, " $1 "))
	if strings.Contains(usage, "...") || strings.Contains(usage, "…") {
		return len(must), math.MaxInt
	}
	return len(must), len(may)
}

// versionCommand says which version this is, and from which sources.
func versionCommand(*flag.FlagSet) func(context.Context, *run, []string) error {
	return func(_ context.Context, r *run, args []string) error {
		if len(args) > 0 {
			return errUsage
		}
		_, err := fmt.Fprintln(r.out, "kakehashi", Version+built())
		return err
	}
}

// built names the commit and the Go version, when the linker was told.
func built() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	s := ", " + info.GoVersion
	for _, b := range info.Settings {
		switch {
		case b.Key == "vcs.revision" && len(b.Value) >= 12:
			s += ", " + b.Value[:12]
		case b.Key == "vcs.modified" && b.Value == "true":
			s += " with changes"
		}
	}
	return s
}
