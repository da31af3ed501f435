"""Fengari's text, changed so that it runs Lua 5.1, the Lua of Redis, instead of Lua 5.3.

Most differences are deep in it: its numbers are integers or floats, its lexer knows operators that
Lua 5.1 has not, and its messages have another form. No script could be bridged from outside. Each
change names one place of fengari-web 0.1.4, and fails where that place is not found exactly once.
"""

VERSION = "0.1.4"
_NO_INTEGERS = "there are no integers: each number is a float"
_OPERATORS = "// << >> :: & | ~ are no operators, and goto is a name"
_MESSAGES = "messages have the words of Lua 5.1"

CHANGES = [  # (why, what is there, what takes its place)
    (
        _NO_INTEGERS,
        "p.LUA_TNUMINT=16|p.LUA_TNUMBER",
        "p.LUA_TNUMINT=p.LUA_TNUMFLT",
    ),
    (
        _NO_INTEGERS,
        'key:"ttisinteger",value:function(){return this.checktag(P)}',
        'key:"ttisinteger",value:function(){return!1}',
    ),
    (
        "a numeral is a float, however large",
        "t.exports.luaO_str2num=function(t,e){var r=function(t){",
        "t.exports.luaO_str2num=function(t,e){var r=function(t){return null;",
    ),
    (
        "where a whole number is wanted, a fraction is cut off, and it may be large",
        "xt=function(t,e){return z.tointeger(rt(t,e))}",
        "xt=function(t,e){var n=z.tonumber(rt(t,e));return!1!==n&&Math.trunc(n)}",
    ),
    (
        "numbers are written as C's %.14g",
        "t.exports.lua_number2str=function(t){return String(Number(t.toPrecision(14)))}",
        "t.exports.lua_number2str=numberToText",
    ),
    (
        "no .0 behind a whole number",
        '!ut&&/^[-0123456789]+$/.test(n)&&(n+=".0"),',
        "",
    ),
    (
        "% is a - floor(a / b) * b",
        "t.exports.luai_nummod=function(t,e,r){var n=e%r;return n*r<0&&(n+=r),n}",
        "t.exports.luai_nummod=function(t,e,r){return e-Math.floor(e/r)*r}",
    ),
    (
        "# finds the last item behind a hole, too",
        "t.exports.luaH_getn=function(t){for(var e=0,r=t.strong.size+1;r-e>1;)",
        "t.exports.luaH_getn=function(t){var e=0,r=t.strong.size+1;"
        "while(!M(t,r).ttisnil())e=r,r*=2;for(;r-e>1;)",
    ),
    (
        "a table is sorted in the same steps each time",
        "u=n-r<100||0===a?Math.floor((r+n)/2):nt(r,n,a),",
        "u=Math.floor((r+n)/2),",
    ),
    (
        "pairs gives what is at 1, 2, 3, … first",
        "if(a.type===_){if(!(n=e.f))return!1}",
        "if(a.type===_){if(arrayFirst(e),!(n=e.f))return!1}",
    ),
    (
        _OPERATORS,
        '"for","function","goto","if"',
        '"for","function","goto ","if"',
    ),
    (
        _OPERATORS,
        "case 60:return j(t),J(t,61)?284:J(t,60)?286:60;"
        "case 62:return j(t),J(t,61)?283:J(t,62)?287:62;"
        "case 47:return j(t),J(t,47)?279:47;",
        "case 60:return j(t),J(t,61)?284:60;"
        "case 62:return j(t),J(t,61)?283:62;"
        "case 47:return j(t),47;",
    ),
    (
        _OPERATORS,
        "case 58:return j(t),J(t,58)?288:58;",
        "case 58:return j(t),58;",
    ),
    (
        _OPERATORS,
        "case 38:return _;case 124:return p;case 126:return v;",
        "",
    ),
    (
        _OPERATORS,
        "case 126:return I;case 35:return M;default:return D",
        "case 35:return M;default:return D",
    ),
    (
        "a backslash before another letter is left out",
        'case 120:a=rt(t),n="read_save";break;case 117:nt(t),n="no_save";break;',
        "",
    ),
    (
        "a backslash before another letter is left out",
        'case 122:for(w(t.buff,1),j(t);T(t.current);)F(t)?Y(t):j(t);n="no_save";break;default:',
        'default:if(!d(t.current)){a=t.current,n="read_save";break}',
    ),
    (
        "a number ends where its letters end",
        "else{if(46!==t.current)break;H(t)}var a=new b.TValue;",
        "else{if(46!==t.current)break;H(t)}for(;A(t.current);)H(t);var a=new b.TValue;",
    ),
    (
        "what is neither a call nor an assignment lacks a =",
        "61===t.t.token||44===t.t.token?(r.prev=null,rr(t,r,1)):"
        '(ve(t,r.v.k===ae.VCALL,o("syntax error",!0)),zt(B(e,r.v),1))',
        "r.v.k!==ae.VCALL?(r.prev=null,rr(t,r,1)):zt(B(e,r.v),1)",
    ),
    (
        _MESSAGES,
        """return e<289?b.luaO_pushfstring(t.L,i("'%s'",!0),r):r""",
        """return b.luaO_pushfstring(t.L,i("'%s'",!0),r)""",
    ),
    (
        _MESSAGES,
        'i("decimal escape too large",!0)',
        'i("escape sequence too large",!0)',
    ),
    (
        _MESSAGES,
        """return n?U.luaO_pushfstring(t,A(" (%s '%s')",!0),n.funcname,n.name):A("",!0)""",
        """return n&&99!==n.funcname[0]?U.luaO_pushfstring(t,A("%s '%s' (",!0),n.funcname,n.name)"""
        ':A("",!0)',
    ),
    (
        _MESSAGES,
        'Y(t,A("attempt to %s a %s value%s",!0),r,n,H(t,e))',
        'var i=H(t,e);Y(t,A("attempt to %s %sa %s value%s",!0),r,i,n,A(i.length?")":"",!0))',
    ),
    (
        _MESSAGES,
        '.concat(e?"string":"comment"," (starting at line ").concat(n,")")',
        '.concat(e?"string":"comment")',
    ),
    (
        "a ; ends a statement, and is none",
        "t.fs.freereg=t.fs.nactvar,Re(t)};t.exports.Dyndata",
        "t.fs.freereg=t.fs.nactvar,Re(t),fe(t,59)};t.exports.Dyndata",
    ),
    (
        "a ; ends a statement, and is none",
        "case 59:Ot.luaX_next(t);break;",
        "",
    ),
    (
        "no name for what a hook or a metamethod calls",
        'if(e.callstatus&R.CIST_HOOKED)return r.name=A("?",!0),r.funcname=A("hook",!0),r;',
        "",
    ),
    (
        "no name for what a hook or a metamethod calls",
        'return r.name=t.l_G.tmname[n].getstr(),r.funcname=A("metamethod",!0),r',
        "return null",
    ),
    (
        "what a loop calls has the name that the loop gave it",
        'return r.name=A("for iterator",!0),r.funcname=A("for iterator",!0),r;',
        'return r.name=A("(for generator)",!0),r.funcname=A("local",!0),r;',
    ),
    (
        "what is not written in Lua is called [C]",
        't.source=A("=[JS]",!0),t.linedefined=-1,t.lastlinedefined=-1,t.what=A("J",!0)',
        't.source=A("=[C]",!0),t.linedefined=-1,t.lastlinedefined=-1,t.what=A("C",!0)',
    ),
    (
        "a function that was called without a name is called ?",
        'n.name=Gt(t,n)?bt(t,-1):yt("?")',
        'n.name=yt("?")',
    ),
    (
        _MESSAGES,
        'R.luaG_runerror(t,U("JS stack overflow",!0))',
        'R.luaG_runerror(t,U("C stack overflow",!0))',
    ),
]


class OtherFengariError(RuntimeError):
    """The text of fengari is not the one that the changes are made for."""


def as_lua51(text):
    """Return fengari's text with all changes made."""
    for why, there, instead in CHANGES:
        if text.count(there) != 1:
            raise OtherFengariError(f"This is not fengari-web {VERSION}: no place for “{why}”.")
        text = text.replace(there, instead)
    return text
