package i18ntest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Uses is what some folders' sources ask for.
type Uses struct {
	asked    []use           // where the source says that it wants a message
	prefixes []use           // keys that are put together, by their beginning
	mentions map[string]bool // every other string that looks like a key
	faults   []string        // sources that cannot be read
	files    []source
	helpers  map[helper]argument
}

// source is one parsed Go file.
type source struct {
	path string
	src  []byte
	fset *token.FileSet
	file *ast.File
}

// helper is a function or method that takes the key of a message: a parameter
// of type string that is called key, or something that ends in Key.
type helper struct{ pkg, name string }

// argument says where the key stands among the arguments, whether names and
// values follow it, as in T, and whether it can be nothing but a message's key.
type argument struct {
	index  int
	values bool
	only   bool
}

// use is one place that asks for a message.
type use struct {
	key   string
	at    string   // file:line
	names []string // the values given
	sure  bool     // whether names are all that is given
	only  bool     // whether it can be nothing but a key
}

var (
	keyShape    = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$`)
	prefixShape = regexp.MustCompile(`^([a-z][a-z0-9_]*\.([A-Za-z0-9_-]+\.)*[A-Za-z0-9_-]*)`)
	directive   = regexp.MustCompile(`(?m)^\s*//i18n:uses\s+(\S+)`)
)

// Scan reads the Go and templ sources in the folders and below them, without
// tests and testdata. Templ's expressions are read from the generated Go, which
// therefore must be there.
func Scan(t testing.TB, dirs ...string) *Uses {
	t.Helper()
	u, err := scan(dirs)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range u.faults {
		t.Error(f)
	}
	return u
}

// scan reads all files before it looks into any, to know the helpers.
func scan(dirs []string) (*Uses, error) {
	u := &Uses{mentions: make(map[string]bool), helpers: make(map[helper]argument)}
	for _, dir := range dirs {
		if err := filepath.WalkDir(dir, u.visit); err != nil {
			return nil, fmt.Errorf("scan %s: %w", dir, err)
		}
	}
	for _, f := range u.files {
		u.declared(f)
	}
	for _, f := range u.files {
		u.look(f)
	}
	u.files = nil
	return u, nil
}

func (u *Uses) visit(path string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	name := d.Name()
	switch {
	case d.IsDir() && (name == "testdata" || name == "node_modules" || len(name) > 1 && name[0] == '.' && name != ".."):
		return fs.SkipDir
	case d.IsDir() || strings.HasSuffix(name, "_test.go"):
		return nil
	case strings.HasSuffix(name, ".go"):
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		u.goFile(path, src)
	case strings.HasSuffix(name, ".templ"):
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		u.directives(path, src)
		if _, err := os.Stat(strings.TrimSuffix(path, ".templ") + "_templ.go"); err != nil {
			u.faults = append(u.faults, path+" has no generated Go beside it: run templ generate")
		}
	}
	return nil
}

// goFile parses one Go source.
func (u *Uses) goFile(path string, src []byte) {
	u.directives(path, src)
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		u.faults = append(u.faults, err.Error())
		return
	}
	u.files = append(u.files, source{path, src, fset, file})
}

// declared notes the helpers that a file declares.
func (u *Uses) declared(f source) {
	for _, d := range f.file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		index := 0
		for i, field := range fn.Type.Params.List {
			typ, ok := field.Type.(*ast.Ident)
			for _, name := range field.Names {
				if ok && typ.Name == "string" && (name.Name == "key" || strings.HasSuffix(name.Name, "Key")) {
					rest := fn.Type.Params.List[i+1:]
					u.helpers[helper{f.file.Name.Name, fn.Name.Name}] = argument{index: index, values: len(rest) == 1 && isValues(rest[0])}
				}
				index++
			}
		}
	}
}

// isValues reports whether the parameter is ...any.
func isValues(f *ast.Field) bool {
	if list, ok := f.Type.(*ast.Ellipsis); ok {
		elem, ok := list.Elt.(*ast.Ident)
		return ok && elem.Name == "any"
	}
	return false
}

// look notes what a file asks for.
func (u *Uses) look(f source) {
	at := func(n ast.Node) string { return u.place(f.path, f.src, f.fset.Position(n.Pos())) }
	ast.Inspect(f.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			u.call(n, f.file.Name.Name, at)
		case *ast.CompositeLit:
			u.named(n, at)
		case *ast.KeyValueExpr:
			if name, ok := n.Key.(*ast.Ident); ok && strings.HasSuffix(name.Name, "Key") {
				u.value(n.Value, at, use{only: false})
			}
		case *ast.BasicLit:
			u.mention(n)
		}
		return true
	})
}

// place is where the source is that a person wrote: for generated Go the line of
// the template that holds the same string.
func (u *Uses) place(path string, src []byte, pos token.Position) string {
	origin, generated := strings.CutSuffix(path, "_templ.go")
	if !generated {
		return path + ":" + strconv.Itoa(pos.Line)
	}
	origin += ".templ"
	// templ writes the place of an expression into the handling of its error.
	const nearby = 2000 // bytes
	rest := string(src[pos.Offset:min(len(src), pos.Offset+nearby)])
	if _, rest, ok := strings.Cut(rest, "Line: "); ok {
		line, _, _ := strings.Cut(rest, ",")
		return origin + ":" + line
	}
	return origin
}

// names are the fields of structs whose value module.x is shown to people as the
// message module.list.x: audit.ActionKey and inbox.Item say so.
var names = map[helper]string{{"audit", "Entry"}: "Action", {"inbox", "Item"}: "Kind"}

// named notes the message that names an action or a kind.
func (u *Uses) named(c *ast.CompositeLit, at func(ast.Node) string) {
	name, of := callee(c.Type)
	field, ok := names[helper{of, name}]
	if !ok {
		return
	}
	for _, e := range c.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, _ := kv.Key.(*ast.Ident)
		value, _ := kv.Value.(*ast.BasicLit)
		if key == nil || value == nil || key.Name != field {
			continue
		}
		if module, rest, ok := strings.Cut(stringOf(value), "."); ok {
			u.asked = append(u.asked, use{key: module + "." + of + "." + rest, at: at(value), only: true})
		}
	}
}

// known are the helpers that every file may call, whatever they are a part of.
var known = map[string]argument{
	"T": {0, true, true}, "Flash": {0, true, true}, "Refuse": {1, true, true}, "Field": {2, true, true},
}

// argumentOf returns where the key stands in a call, if it takes one.
func (u *Uses) argumentOf(c *ast.CallExpr, pkg string) (argument, bool) {
	name, of := callee(c.Fun)
	switch {
	case of == "fault" && name == "New":
		return argument{1, true, true}, true
	case of == "i18n" && name == "Key":
		return argument{0, false, true}, true
	}
	if arg, ok := known[name]; ok {
		if name == "T" && len(c.Args) > 0 && stringOf(c.Args[0]) == "" {
			arg.index++ // T(ctx, key, …)
		}
		return arg, true
	}
	if arg, ok := u.helpers[helper{of, name}]; ok {
		return arg, true
	}
	arg, ok := u.helpers[helper{pkg, name}]
	return arg, ok
}

func (u *Uses) call(c *ast.CallExpr, pkg string, at func(ast.Node) string) {
	arg, ok := u.argumentOf(c, pkg)
	if !ok || arg.index >= len(c.Args) {
		return
	}
	found := use{only: arg.only, sure: arg.values && c.Ellipsis == token.NoPos}
	for j := arg.index + 1; found.sure && j < len(c.Args); j += 2 {
		name, ok := c.Args[j].(*ast.BasicLit)
		if !ok || name.Kind != token.STRING {
			found.sure = false
			break
		}
		s, _ := strconv.Unquote(name.Value)
		found.names = append(found.names, s)
	}
	u.value(c.Args[arg.index], at, found)
}

// callee returns the name of the called function and what it is a part of.
func callee(fun ast.Expr) (name, of string) {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name, ""
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			of = x.Name
		}
		return f.Sel.Name, of
	}
	return "", ""
}

// value notes a key, or the beginning of one, that stands where a key belongs.
func (u *Uses) value(e ast.Expr, at func(ast.Node) string, found use) {
	s := stringOf(e)
	if s == "" {
		return
	}
	found.key, found.at = s, at(e)
	if _, whole := e.(*ast.BasicLit); whole {
		if keyShape.MatchString(s) {
			u.asked = append(u.asked, found)
		}
		return
	}
	if p := prefixShape.FindString(s); p != "" {
		found.key = p
		u.prefixes = append(u.prefixes, found)
	}
}

// stringOf returns the string that an expression begins with: a literal, or the
// first of those that are joined with +.
func stringOf(e ast.Expr) string {
	for {
		switch x := e.(type) {
		case *ast.BinaryExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.BasicLit:
			if x.Kind != token.STRING {
				return ""
			}
			s, _ := strconv.Unquote(x.Value)
			return s
		default:
			return ""
		}
	}
}

// mention notes any string that may be a key or the beginning of one.
func (u *Uses) mention(lit *ast.BasicLit) {
	if lit.Kind != token.STRING {
		return
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return
	}
	if keyShape.MatchString(s) {
		u.mentions[s] = true
		return
	}
	p := prefixShape.FindString(s)
	if rest := s[len(p):]; p != "" && (rest == "" || rest[0] == '%') {
		u.prefixes = append(u.prefixes, use{key: p})
	}
}

func (u *Uses) directives(path string, src []byte) {
	for _, m := range directive.FindAllSubmatchIndex(src, -1) {
		key := string(src[m[2]:m[3]])
		line := 1 + strings.Count(string(src[:m[2]]), "\n")
		found := use{key: key, at: path + ":" + strconv.Itoa(line), only: true}
		if prefix, ok := strings.CutSuffix(key, "*"); ok {
			found.key = prefix
			u.prefixes = append(u.prefixes, found)
			continue
		}
		u.asked = append(u.asked, found)
	}
}
