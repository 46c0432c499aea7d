var M,Dn,It,he,Ft,lt,Pn,st,qn,Ht,Wt,fo,We=Symbol.for("pv"),ct={},dt=[],mo=/^m(i|n|o|s|text|space)$/,Bt=Array.isArray,Vt=dt.slice,ve=Object.assign;function ge(e){e&&e.parentNode&&e.remove()}function pt(e,t,n){var a,o,r,s={},l=arguments.length;for(r in t)r=="key"?a=t[r]:r=="ref"&&typeof e!="function"?o=t[r]:s[r]=t[r];return l>2&&(s.children=l>3?Vt.call(arguments,2):n),Fe(e,s,a,o,null)}function Fe(e,t,n,a,o){var r={type:e,props:t,key:n,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:We,__v:o||++Dn,__i:-1,__u:0};return!o&&M.vnode&&M.vnode(r),r}function _e(e){return e.children}function Oe(e,t){this.props=e,this.context=t,this.__g=0}function $e(e,t){if(t==null)return e.__&&$e(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:$e(e)}function ho(e){var t,n=e.__v,a=n.__e,o=[],r=[],s=e.__P;s&&((t=ve({constructor:We},n)).__v=n.__v+1,M.vnode&&M.vnode(t),Gt(s,t,n,e.__n,s.namespaceURI,32&n.__u?[a]:null,o,a||$e(n),32&n.__u,r),t.__v=n.__v,t.__.__k[t.__i]=t,Wn(o,t,r),n.__=n.__e=null,t.__e!=a&&Rn(t))}function Rn(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),Rn(e)}function Mn(e){(8&e.__g||(e.__g|=8,he.push(e),lt++))&&Ft==M.debounceRendering||((Ft=M.debounceRendering)||queueMicrotask)(Ln)}function Ln(){try{for(var e,t=1;he.length;)he.length>t&&he.sort(Pn),e=he.shift(),t=he.length,8&e.__g&&ho(e)}finally{(lt=he.length)&&(Ft||queueMicrotask)(Ln)}}function Un(e,t,n,a,o,r,s,l,d,p,c){var f,m,u,h,g,$,b=a.__k||dt,x=t.length;for(d=$o(n,t,b,d,x),f=0;f<x;f++)(u=n.__k[f])!=null&&(m=~u.__i&&b[u.__i]||ct,u.__i=f,$=Gt(e,u,m,o,r,s,l,d,p,c),h=u.__e,(m.ref!=u.ref||8&m.__u)&&(m.ref&&Jt(m.ref,null,u,m),u.ref&&c.push(u.ref,u.__c||h,u)),g=g||h,4&u.__u?(d=zn(u,d,e,!m.__v),m.__e&&(m.__e=null)):typeof u.type=="function"&&$!==void 0?d=$:h&&(d=h.nextSibling),u.__u&=-21);return n.__e=g,d}function $o(e,t,n,a,o){var r,s,l,d,p,c,f,m,u,h=n.length,g=h,$=0,b=0,x=e.__k=Array(o);for(r=0;r<o;r++)(s=t[r])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=x[r]=Fe(null,s):Bt(s)?s=x[r]=Fe(_e,{children:s}):s.constructor===We&&s.__b?s=x[r]=Fe(s.type,s.props,s.key,s.ref,s.__v):x[r]=s,d=r+$,s.__=e,s.__b=e.__b+1,l=null,~(p=s.__i=go(s,n,d,g))&&(g--,(l=n[p])&&(l.__u|=2)),l&&l.__v?(s.__u|=16,p==d-1?$--:p==d+1?$++:p!=d&&(p>d?$--:$++,b=1)):(~p||(o>h?$--:o<h&&$++),typeof s.type!="function"&&(s.__u|=4))):x[r]=null;if(b){for(c=[],f=[],r=0;r<o;r++)if((s=x[r])&&16&s.__u){for($=0,m=c.length;$<m;)c[u=$+m>>1]<s.__i?$=u+1:m=u;c[$]=s.__i,f[r]=$+1}for($=c.length;r--;)f[r]&&(f[r]==$?$--:x[r].__u|=4)}if(g)for(r=0;r<h;r++)!(l=n[r])||2&l.__u||(l.__e==a&&(a=$e(l)),Kt(l,l));return a}function zn(e,t,n,a){var o,r,s,l;if(typeof e.type=="function"){if(e.props.__P)return t;if(o=e.__k)for(r=0;r<o.length;r++)o[r]&&(o[r].__=e,t=zn(o[r],t,n,!1));return t}for(t&&!t.parentNode&&(t=$e(e))&&!t.parentNode&&(t=null),s=e.__e,l=t;l&&l.nodeType==8;)l=l.nextSibling;for(s!=l&&(!a&&n.moveBefore&&s.parentNode?n.moveBefore(s,t):n.insertBefore(s,t||null)),t=s;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function go(e,t,n,a){var o,r=e.key,s=e.type,l=t[n],d=l&&!(2&l.__u);if(l===null&&r==null||d&&r==l.key&&s==l.type)return n;if(a>(d?1:0)){for(o=n-1;o>=0;o--)if((l=t[o])&&!(2&l.__u)&&r==l.key&&s==l.type)return o;for(o=n+1;o<t.length;o++)if((l=t[o])&&!(2&l.__u)&&r==l.key&&s==l.type)return o}return-1}function Nn(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function rt(e,t,n,a,o){var r,s;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof a=="string"&&(e.style.cssText=a=""),a)for(t in a)n&&t in n||Nn(e.style,t);if(n)for(t in n)a&&n[t]==a[t]||Nn(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof a!="function"&&(a=null),(e.__e||(e.__e={}))[t]=n,n&&a||(s=Wt[t]||(Wt[t]=vo(t)),(e.__a||(e.__a={}))[t]=Ht,r=t!=(t=t.replace(qn,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,s,r):e.removeEventListener(t,s,r));else{if(o=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function vo(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[st]==null)t[st]=Ht++;else if(t[st]<this.__a[e])return;return n(M.event?M.event(t):t)}}}function Gt(e,t,n,a,o,r,s,l,d,p){var c,f,m,u,h,g,$,b,x,w,O,ie,ce,ne,Y,S,E,y,H=t.type;if(t.constructor!==We)return null;128&n.__u&&(d=32&n.__u,c=n.__c.__z)&&(t.__u|=d,f=r=[],c.nodeType==8?l=it(c,r):r.push(c),l=r[0]||l),(c=M.__b)&&c(t);e:if(typeof H=="function"){m=s.length;try{if(b=t.props,x=(c=H.prototype)&&c.render,w=(c=H.contextType)&&a[c.__c],O=c?w?w.props.value:c.__:a,(u=n.__c)?(t.__c=u,2&u.__g&&(u.__g|=1)):(x?t.__c=u=new H(b,O):(t.__c=u=new Oe(b,O),u.constructor=H,u.render=bo),w&&w.sub(u),u.state||(u.state={}),u.__n=a,u.__g|=8,u.__h=[],u.__k=[]),x&&(u.__s||(u.__s=u.state),H.getDerivedStateFromProps&&(u.__s==u.state&&(u.__s=ve({},u.__s)),ve(u.__s,H.getDerivedStateFromProps(b,u.__s)))),h=u.props,g=u.state,u.__v=t,n.__c){if(b!==h&&x&&!H.getDerivedStateFromProps&&u.componentWillReceiveProps&&u.componentWillReceiveProps(b,O),t.__v==n.__v&&!(8&u.__g)||!(4&u.__g)&&u.shouldComponentUpdate&&u.shouldComponentUpdate(b,u.__s,O)===!1){t.__v!=n.__v&&(u.props=b,u.state=u.__s,u.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(V){V&&(V.__=t)}),dt.push.apply(u.__h,u.__k),u.__k=[],u.__h.length&&s.push(u),l=$e(n);break e}u.componentWillUpdate&&u.componentWillUpdate(b,u.__s,O),x&&u.componentDidUpdate&&u.__h.push(function(){u.componentDidUpdate(h,g,$)})}else x&&!H.getDerivedStateFromProps&&u.componentWillMount&&u.componentWillMount(),x&&u.componentDidMount&&u.__h.push(u.componentDidMount);u.context=O,u.props=b,u.__P=e,u.__g&=-5,ie=M.__r,ce=x?25:0;do u.__g&=-9,ie&&ie(t),c=u.render(u.props,u.state=u.__s,u.context);while(8&u.__g&&++ce<25);x&&(dt.push.apply(u.__h,u.__k),u.__k=[]),u.state=u.__s,u.getChildContext&&(a=ve({},a,u.getChildContext())),x&&n.__c&&u.getSnapshotBeforeUpdate&&($=u.getSnapshotBeforeUpdate(h,g)),ne=c&&c.type===_e&&c.key==null?c.props.children:c,b.__P&&(c=l,o=(e=b.__P).namespaceURI,d=r=null,n.props&&n.props.__P!=e&&(n.__k.some(function(V){V&&Kt(V,V)}),n.__k=null),l=n.__k?$e(n,0):null),l=Un(e,Bt(ne)?ne:[ne],t,n,a,o,r,s,l,d,p),b.__P&&(t.__e=null,l=c),t.__u&=-161,f&&f.some(ge),u.__h.length&&s.push(u),1&u.__g&&(u.__g&=-4)}catch(V){if(s.length=m,t.__v=null,d||r)if(V&&V.then){if(t.__u|=128|d,r){for(~(E=r.indexOf(l||void 0))||(E=r.length);(y=r[E-1])&&y.nodeType==8;)E--;for(;E<r.length;E++)if(y=r[E])if(r[E]=null,Y){if(y==S)break}else{if(y.nodeType!=8)break;y.data.startsWith("$s")&&(S=it(Y=y))}}if(!Y){for(;l&&l.nodeType==8&&l.nextSibling;)l=l.nextSibling;Y=l}(c=it(Y=t.__c.__z||(t.__c.__z=Y)))?(t.__e=Y,l=c):t.__e=l,l=l&&l.nextSibling}else r&&r.some(ge);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),V&&V.then||Fn(t),M.__e(V,t,n)}}else l=t.__e=_o(n.__e,t,n,a,o,r,s,d,p,e);return(c=M.diffed)&&c(t),l}function it(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function Fn(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Fn))}function Wn(e,t,n){for(var a=0;a<n.length;)Jt(n[a++],n[a++],n[a++]);M.__c&&M.__c(t,e),e.some(function(o){try{e=o.__h,o.__h=[],e.some(function(r){r.call(o)})}catch(r){M.__e(r,o.__v)}})}function _o(e,t,n,a,o,r,s,l,d,p){var c,f,m,u,h,g,$,b,x=n.props||ct,w=t.props,O=t.type;if(O=="svg"?o="http://www.w3.org/2000/svg":O=="math"?o="http://www.w3.org/1998/Math/MathML":o||(o="http://www.w3.org/1999/xhtml"),r){for(c=0;c<r.length;c++)if((h=r[c])&&(O?h.localName==O:h.nodeType==3)){e=h,r[c]=null;break}}if(!e){if(b=p.ownerDocument||document,!O)return b.createTextNode(w);e=b.createElementNS(o,O,w.is?w:p),l&&(M.__m&&M.__m(t,r),l=!1),r=null}if(O){if(p=O=="template"&&e.content||e,r=O=="textarea"&&w.defaultValue!=null?null:r&&Vt.call(p.childNodes),!l&&r)for(x={},c=0;c<e.attributes.length;c++)x[(h=e.attributes[c]).name]=h.value;for(c in x)h=x[c],c=="dangerouslySetInnerHTML"?m=h:c=="children"||c in w||c=="value"&&"defaultValue"in w||c=="checked"&&"defaultChecked"in w||rt(e,c,null,h,o);for(c in w)h=w[c],c=="children"?u=h:c=="dangerouslySetInnerHTML"?f=h:c=="value"?g=h:c=="checked"?$=h:l&&typeof h!="function"||x[c]===h||rt(e,c,h,x[c],o);f?(l||m&&(f.__html==m.__html||f.__html==e.innerHTML)||(e.innerHTML=f.__html),t.__k=[]):(m&&(e.textContent=""),(O=="foreignObject"||o=="http://www.w3.org/1998/Math/MathML"&&mo.test(O))&&(o="http://www.w3.org/1999/xhtml"),Un(p,Bt(u)?u:[u],t,n,a,o,r,s,r?r[0]:n.__k&&$e(n,0),l,d),r&&r.some(ge)),l&&O!="textarea"||(c="value",O=="progress"&&g==null?e.removeAttribute(c):g==null||g===e[c]&&(O!="progress"||g)||rt(e,c,g,x[c],o),c="checked",$!=null&&$!=e[c]&&rt(e,c,$,x[c],o))}else x===w||l&&e.data==w||(e.data=w);return e}function Jt(e,t,n,a){try{typeof e=="function"?t?t.__x=e(t)||1:a&&(a=a.__c||a.__e)&&(t=a.__x)&&(a.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(o){M.__e(o,n)}}function Kt(e,t,n){var a,o,r,s;if(M.unmount&&M.unmount(e),!(a=e.ref)||a.current&&a.current!=e.__e||Jt(a,null,t,e),a=e.__c){if(a.componentWillUnmount)try{a.componentWillUnmount()}catch(l){M.__e(l,t)}a.__P=a.__n=null}if(a=e.__k)for(s=0;s<a.length;s++)a[s]&&Kt(a[s],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(a=e.__c)&&(a=a.__z)&&(o=it(a,r=[]))&&(a==e.__e&&r.some(ge),ge(o),ge(a)),n||ge(e.__e),e.__e=e.__c=e.__=null}function bo(e,t,n){return this.constructor(e,n)}function In(e,t){var n,a,o,r;M.__&&M.__(e,t),t.nodeType==9&&(t=t.documentElement),a=(n=e&&32&e.__u)?null:t.__k,t.__k=Fe(_e,{children:[e]}),o=[],r=[],Gt(t,t.__k,a||ct,ct,t.namespaceURI,a?null:t.firstChild?Vt.call(t.childNodes):null,o,a?a.__e:t.firstChild,n,r),Wn(o,t.__k,r),t.__k.props.children=null}M={__e:function(e,t,n,a){for(var o,r,s;t=t.__;)if((o=t.__c)&&!(1&o.__g)){o.__g|=4;try{if((s=(r=o.constructor)&&r.getDerivedStateFromError)&&o.setState(r.getDerivedStateFromError(e)),o.componentDidCatch&&(o.componentDidCatch(e,a||{}),s=1),s&&8&o.__g)return void(o.__g|=2)}catch(l){e=l}}throw lt=0,e}},Dn=0,It=function(e){return e!=null&&e.constructor===We},Oe.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=ve({},this.state)),typeof e=="function"&&(e=e(ve({},n),this.props)),e&&(ve(n,e),this.__v&&(t&&this.__k.push(t),Mn(this)))},Oe.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),Mn(this))},Oe.prototype.render=_e,he=[],lt=0,Pn=function(e,t){return e.__v.__b-t.__v.__b},st=Symbol(),qn=/(PointerCapture)$|Capture$/i,Ht=0,Wt={},fo=0;var be,W,Zt,Hn,Yt=Object.is,He=0,Xn=[],Qt=[],F=M,Bn=F.__b,Vn=F.__r,Gn=F.diffed,Jn=F.__c,Kn=F.unmount,Zn=F.__;function Be(e,t){F.__h&&F.__h(W,e,He||t),He=0;var n=W.__H||(W.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function v(e){return He=1,yo(ta,e)}function yo(e,t,n){var a=Be(be++,2);if(a.t=e,!a.__c&&(a.__=[n?n(t):ta(void 0,t),function(r){var s=(a.__N||a.__)[0],l=a.t(s,r);Yt(s,l)||(a.__N=[l,a.__[1]],a.__c.setState({}))}],a.__c=W,!W.__f)){W.__f=!0;var o=W.shouldComponentUpdate;W.shouldComponentUpdate=function(r,s,l){var d=this.__H;if(!d)return!0;var p=!1,c=this.props!=r;if(d.__.some(function(m){m.__N&&(p=!0,Yt(m.__[0],m.__N[0])||(c=!0))}),o){var f=o.call(this,r,s,l);return p?f||c:f}return!p||c}}return a.__}function R(e,t){var n=Be(be++,3);!F.__s&&en(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,W.__H.__h.push(n))}function je(e,t){var n=Be(be++,4);!F.__s&&en(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,W.__h.push(n))}function G(e){return He=5,de(function(){return{current:e}},[])}function de(e,t){var n=Be(be++,7);return en(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function ea(e,t){return He=8,de(function(){return e},t)}function Ve(){var e=Be(be++,11);if(!e.__){for(var t=W.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function wo(){var e;do{for(;e=Qt.shift();)try{Ie(e)}catch(n){F.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=Xn.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Ie),t.__h.some(Xt),t.__h=[]}catch(n){t.__h=[],F.__e(n,e.__v)}}}while(Qt.length)}F.__b=function(e){W=null,Bn&&Bn(e)},F.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),Zn&&Zn(e,t)},F.__r=function(e){Vn&&Vn(e),be=0;var t=(W=e.__c).__H;t&&(Zt==W?W.__h=[]:(t.__h.some(Ie),t.__h.some(Xt),be=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),Zt=W},F.diffed=function(e){Gn&&Gn(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&Qn(Xn.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),Zt=W=null},F.__c=function(e,t){t.some(function(n){try{n.__h.some(Ie),n.__h=n.__h.filter(function(a){return!a.__||Xt(a)})}catch(a){n.__h=[function(){throw a}]}}),Jn&&Jn(e,t)},F.unmount=function(e){Kn&&Kn(e);var t,n,a=e.__c;a&&a.__H&&(a.__H.__.some(function(o){try{if(o.__P&&o.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}o.__P=n,Qn(Qt.push(o))}else Ie(o)}catch(r){t=r}}),a.__H=void 0,t&&F.__e(t,a.__v))};var Yn=typeof requestAnimationFrame=="function";function ko(e){var t,n=function(){clearTimeout(a),Yn&&cancelAnimationFrame(t),setTimeout(e)},a=setTimeout(n,35);Yn&&(t=requestAnimationFrame(n))}function Qn(e){e!=1&&Hn==F.requestAnimationFrame||((Hn=F.requestAnimationFrame)||ko)(wo)}function Ie(e){var t=W,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),W=t}function Xt(e){var t=W;e.__c=e.__(),W=t}function en(e,t){return!e||e.length!=t.length||t.some(function(n,a){return!Yt(n,e[a])})}function ta(e,t){return typeof t=="function"?t(e):t}var xo=Symbol.for("preact-signals");function ht(){if(fe>1)fe--;else{var e,t=!1;for((function(){var o=ft;for(ft=void 0;o!==void 0;){var r=o.S;if(r.v===o.v)for(var s=r.t;s!==void 0;s=s.x)s.i===o.i&&(s.i=r.i);o=o.o}})();Je!==void 0;){var n=Je;for(Je=void 0,ut++;n!==void 0;){var a=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&aa(n))try{n.c()}catch(o){t||(e=o,t=!0)}n=a}}if(ut=0,fe--,t)throw e}}function nn(e){if(fe>0)return e();tn=++So,fe++;try{return e()}finally{ht()}}var Ge,L=void 0;function Ke(e){var t=L,n=Ge;L=void 0,Ge=void 0;try{return e()}finally{L=t,Ge=n}}var Je=void 0,fe=0,ut=0,So=0,tn=0,ft=void 0,mt=0;function na(e){if(L!==void 0){var t=e.n;if(t===void 0||t.t!==L)return t={i:0,S:e,p:L.s,n:void 0,t:L,e:void 0,x:void 0,r:t},L.s!==void 0&&(L.s.n=t),L.s=t,e.n=t,32&L.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=L.s,t.n=void 0,L.s.n=t,L.s=t),t}}function B(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}B.prototype.brand=xo;B.prototype.h=function(){return!0};B.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Ke(function(){var a;(a=t.W)==null||a.call(t)}))};B.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,a=e.x;n!==void 0&&(n.x=a,e.e=void 0),a!==void 0&&(a.e=n,e.x=void 0),e===this.t&&(this.t=a,a===void 0&&Ke(function(){var o;(o=t.Z)==null||o.call(t)}))}};B.prototype.subscribe=function(e){var t=this;return ee(function(){var n=t.value;Ke(function(){return e(n)})},{name:"sub"})};B.prototype.valueOf=function(){return this.value};B.prototype.toString=function(){return this.value+""};B.prototype.toJSON=function(){return this.value};B.prototype.peek=function(){var e=this;return Ke(function(){return e.value})};Object.defineProperty(B.prototype,"value",{get:function(){var e=na(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(ut>100)throw new Error("Cycle detected");(function(n){fe!==0&&ut===0&&n.l!==tn&&(n.l=tn,ft={S:n,v:n.v,i:n.i,o:ft})})(this),this.v=e,this.i++,mt++,fe++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{ht()}}}});function D(e,t){return new B(e,t)}function aa(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function oa(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function ra(e){for(var t=e.s,n=void 0;t!==void 0;){var a=t.p;t.i===-1?(t.S.U(t),a!==void 0&&(a.n=t.n),t.n!==void 0&&(t.n.p=a)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=a}e.s=n}function ye(e,t){B.call(this,void 0,t),this.x=e,this.s=void 0,this.g=mt-1,this.f=4}ye.prototype=new B;ye.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===mt))return!0;if(this.g=mt,this.f|=1,this.i>0&&!aa(this))return this.f&=-2,!0;var e=L;try{oa(this),L=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return L=e,ra(this),this.f&=-2,!0};ye.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}B.prototype.S.call(this,e)};ye.prototype.U=function(e){if(this.t!==void 0&&(B.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};ye.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(ye.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=na(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function Ae(e,t){return new ye(e,t)}function sa(e){var t=e.j;if(e.j=void 0,typeof t=="function"){fe++;var n=L;L=void 0;try{t()}catch(a){throw e.f&=-2,e.f|=8,an(e),a}finally{L=n,ht()}}}function an(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,sa(e)}function Co(e){if(L!==this)throw new Error("Out-of-order effect");ra(this),L=e,this.f&=-2;try{8&this.f&&an(this)}finally{ht()}}function Me(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,Ge&&Ge.push(this)}Me.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};Me.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,sa(this),oa(this),fe++;var e=L;return L=this,Co.bind(this,e)};Me.prototype.N=function(){2&this.f||(this.f|=2,this.u=Je,Je=this)};Me.prototype.d=function(){this.f|=8,1&this.f||an(this)};Me.prototype.dispose=function(){this.d()};function ee(e,t){var n=new Me(e,t);try{n.c()}catch(o){throw n.d(),o}var a=n.d.bind(n);return a[Symbol.dispose]=a,a}var ia,gt,$t,To=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var la=[];ee(function(){ia=this.N})();function Ne(e,t){M[e]=t.bind(null,M[e]||function(){})}function Ze(e){if($t){var t=$t;$t=void 0,t()}$t=e&&e.S()}function ca(e){var t=this,n=e.data,a=Oo(n);a.name="ReactiveDom",a.value=n;var o=de(function(){for(var l=t,d=t.__v;d=d.__;)if(d.__c){d.__c.__$f|=4;break}var p=Ae(function(){var u=a.value.value;return u===0?0:u===!0?"":u||""}),c=Ae(function(){return!Array.isArray(p.value)&&!It(p.value)}),f=ee(function(){if(this.N=da,c.value){var u=p.value;l.__v&&l.__v.__e&&l.__v.__e.nodeType===3&&(l.__v.__e.data=u)}}),m=t.__$u.d;return t.__$u.d=function(){f(),m.call(this)},[c,p]},[]),r=o[0],s=o[1];return r.value?s.peek():s.value}ca.displayName="ReactiveTextNode";Object.defineProperties(B.prototype,{constructor:{configurable:!0,value:pt(_e,null).constructor},type:{configurable:!0,value:ca},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});Ne("__b",function(e,t){if(Ze(),gt=void 0,typeof t.type=="string"){var n,a=t.props;for(var o in a)if(o!=="children"){var r=a[o];r instanceof B&&(n||(t.__np=n={}),n[o]=r,a[o]=r.peek())}}e(t)});Ne("__r",function(e,t){if(e(t),t.type!==_e){Ze();var n,a=t.__c;a&&(a.__$f&=-2,(n=a.__$u)===void 0&&(a.__$u=n=(function(o,r){var s;return ee(function(){s=this},{name:r}),s.c=o,s})((function(o){return function(){var r;To&&((r=this.y)==null||r.call(this)),o.__$f|=1,o.setState({})}})(a),typeof t.type=="function"?t.type.displayName||t.type.name:""))),gt=a,Ze(n)}});Ne("__e",function(e,t,n,a){Ze(),gt=void 0,e(t,n,a)});Ne("diffed",function(e,t){Ze(),gt=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var a=t.__np,o=t.props,r=n.U;if(r)for(var s in r){var l=r[s];l===void 0||a&&s in a||(l.d(),r[s]=void 0)}if(a){r||(r={},n.U=r);for(var d in a){var p=r[d],c=a[d];p===void 0?(p=Eo(n,d,c,o),r[d]=p):p.o(c,o)}}}e(t)});function Eo(e,t,n,a){var o=t in e&&e.ownerSVGElement===void 0,r=D(n);return{o:function(s,l){r.value=s,a=l},d:ee(function(){this.N=da;var s=r.value.value;a[t]!==s&&(a[t]=s,o?e[t]=s:s!=null&&(s!==!1||t[4]==="-")?e.setAttribute(t,s):e.removeAttribute(t))})}}Ne("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var a=n.U;if(a){n.U=void 0;for(var o in a){var r=a[o];r&&r.d()}}}var s=t.__np;if(s){var l=t.props;for(var d in s)l[d]=s[d]}t.__np=void 0}else{var p=t.__c;if(p){p.__$f|=8;var c=p.__$u;c&&(p.__$u=void 0,c.d())}}e(t)});Ne("__h",function(e,t,n,a){a<3&&(t.__$f|=2),e(t,n,a)});Oe.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,a=n&&n.s!==void 0;for(var o in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var r=2&this.__$f;if(!(a||r||4&this.__$f)||1&this.__$f)return!0}else if(!(a||4&this.__$f)||3&this.__$f)return!0;for(var s in e)if(s!=="__source"&&e[s]!==this.props[s])return!0;for(var l in this.props)if(!(l in e))return!0;return!1};function Oo(e,t){return de(function(){return D(e,t)},[])}var jo=function(e){queueMicrotask(function(){queueMicrotask(e)})};function Ao(){nn(function(){for(var e;e=la.shift();)ia.call(e)})}function da(){la.push(this)===1&&(M.requestAnimationFrame||jo)(Ao)}var on=document.documentElement.dataset,vt=on.base,pa=on.version,rn=`${vt}/__admin`,ua=`${vt}/api/public/contacts`,pe=D(""),me=D(on.token==="needed"),sn=D(!1),Q=D(""),Ye=class extends Error{constructor(t,n,a=[]){super(n),this.status=t,this.errors=a}};function Mo(e,t){let n=Object.entries(t??{}).flatMap(([o,r])=>[r].flat().filter(s=>s!=null&&s!=="").map(s=>[o,s])),a=new URLSearchParams(n).toString();return a?`${e}?${a}`:e}function ln(){return{...pe.value&&{authorization:`Bearer ${pe.value}`},...Q.value&&{"x-api-key":Q.value}}}function cn(e){pe.value===e&&(sn.value=e!=="",pe.value="",me.value=!0)}function No(){return new Promise(e=>{let t=ee(()=>{me.value||(e(),queueMicrotask(()=>t()))})})}async function _t(e,t,{query:n,body:a,raw:o,signal:r}={}){await No();let s=pe.value,l={method:e,headers:{...ln(),...(a!==void 0||o)&&{"content-type":"application/json"}},body:o??(a===void 0?void 0:JSON.stringify(a)),signal:r,cache:"no-store"},d;try{d=await fetch(rn+Mo(t,n),l)}catch(p){throw p.name==="AbortError"?p:new Ye(0,"the server does not answer; is it still running?")}if(d.status===401)return cn(s),_t(e,t,{query:n,body:a,raw:o,signal:r});if(!d.ok)throw await Do(d);return d}var we=async(e,t,n)=>(await _t(e,t,n)).json(),j=(e,t,n)=>we("GET",e,{query:t,signal:n}),X=(e,t={},n)=>we("POST",e,{body:t,query:n}),bt=(e,t={},n)=>we("PUT",e,{body:t,query:n}),dn=(e,t={})=>we("PATCH",e,{body:t}),J=(e,t)=>we("DELETE",e,{query:t});async function Do(e){try{let t=await e.json(),n=t.errors??[],a=n.map(o=>`${o.where}: ${o.message}`);return new Ye(e.status,[t.detail??t.title,...a].join("; "),n)}catch{return new Ye(e.status,`the server answered with ${e.status}`)}}var ma=function(e,t,n,a){var o;t[0]=0;for(var r=1;r<t.length;r++){var s=t[r++],l=t[r]?(t[0]|=s?1:2,n[t[r++]]):t[++r];s===3?a[0]=l:s===4?a[1]=Object.assign(a[1]||{},l):s===5?(a[1]=a[1]||{})[t[++r]]=l:s===6?a[1][t[++r]]+=l+"":s?(o=e.apply(l,ma(e,l,n,["",null])),a.push(o),l[0]?t[0]|=2:(t[r-2]=0,t[r]=o)):a.push(l)}return a},fa=new Map;function ha(e){var t=fa.get(this);return t||(t=new Map,fa.set(this,t)),(t=ma(this,t.get(e)||(t.set(e,t=(function(n){for(var a,o,r=1,s="",l="",d=[0],p=function(m){r===1&&(m||(s=s.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?d.push(0,m,s):r===3&&(m||s)?(d.push(3,m,s),r=2):r===2&&s==="..."&&m?d.push(4,m,0):r===2&&s&&!m?d.push(5,0,!0,s):r>=5&&((s||!m&&r===5)&&(d.push(r,0,s,o),r=6),m&&(d.push(r,m,0,o),r=6)),s=""},c=0;c<n.length;c++){c&&(r===1&&p(),p(c));for(var f=0;f<n[c].length;f++)a=n[c][f],r===1?a==="<"?(p(),d=[d],r=3):s+=a:r===4?s==="--"&&a===">"?(r=1,s=""):s=a+s[0]:l?a===l?l="":s+=a:a==='"'||a==="'"?l=a:a===">"?(p(),r=1):r&&(a==="="?(r=5,o=s,s=""):a==="/"&&(r<5||n[c][f+1]===">")?(p(),r===3&&(d=d[0]),r=d,(d=d[0]).push(2,0,r),r=0):a===" "||a==="	"||a===`
`||a==="\r"?(p(),r=2):s+=a),r===3&&s==="!--"&&(r=4,d=d[0])}return p(),d})(e)),t),arguments,[])).length>1?t:t[0]}var i=ha.bind(pt);var Po=new Intl.NumberFormat("en"),T=e=>Po.format(e),C=(e,t,n=`${t}s`)=>`${T(e)} ${e===1?t:n}`,U=e=>e?e.replace("T"," ").replace(/\.\d+Z?$|Z$/,""):"—",pn=e=>e.slice(11,23);var yt=e=>e<10?`${e.toFixed(1)} ms`:`${T(Math.round(e))} ms`,De=(e,t=60)=>e.length>t?`${e.slice(0,t-1)}…`:e,wt=e=>`'${e.replaceAll("'","'\\''")}'`;var qo=1e3,Pe=D("connecting"),qe=D([]),kt=D(0),un=D(0),Qe=D(""),fn=D(0),Re=D(0);function mn(){qe.value=[],kt.value=0}function Ro(e,t){let n=[];for(let a of e){for(;t.length&&t[0].at<a.at;)n.push(t.shift());n.push(a)}return[...n,...t]}function Lo(e,t){if(e==="requests"){let n=JSON.parse(t),a=Ro(n.requests.map(o=>({...o,id:`r${o.number}`,stranger:!1})),n.strangers.map(o=>({...o,id:`s${o.number}`,stranger:!0}))).reverse();a.length&&(qe.value=[...a,...qe.value].slice(0,qo)),kt.value+=n.left_out,un.value=n.total,Qe.value=n.organisation,fn.value+=1}else e==="changed"&&(Re.value+=1)}async function Uo(e){let t=pe.value,n=await fetch(`${rn}/requests/stream`,{headers:ln(),signal:e,cache:"no-store"});if(n.status===401&&cn(t),!n.ok)throw new Error(`status ${n.status}`);mn(),Pe.value="live",Re.value+=1;let a=n.body.pipeThrough(new TextDecoderStream).getReader(),o="";for(;;){let{value:r,done:s}=await a.read();if(s)return;let l=(o+r).split(`

`);o=l.pop();for(let d of l){let p=Object.fromEntries(d.split(`
`).map(c=>[c.split(":",1)[0],c.slice(c.indexOf(":")+2)]));p.event&&Lo(p.event,p.data)}}}var $a;function zo(e){return new Promise(t=>{$a=setTimeout(t,e)})}async function Fo(e){let t=500;for(;!e.aborted;){Pe.value="connecting";try{await Uo(e),t=500}catch{}if(e.aborted)return;Pe.value="lost",await zo(t),t=Math.min(t*2,1e4)}}function ga(){return ee(()=>{if(Q.value,pe.value,me.value)return;let e=new AbortController;return queueMicrotask(()=>Fo(e.signal)),()=>{e.abort(),clearTimeout($a)}})}function q(e,t=[],{on:n=["changes"],every:a=500}={}){let[o,r]=v({data:void 0,problem:null,loading:!0}),s=G(e);s.current=e;let l=G(null),d=G(0),p=ea(async()=>{l.current?.abort();let c=new AbortController;l.current=c;let f=performance.now();try{let m=await s.current(c.signal);d.current=performance.now()-f,c.signal.aborted||r({data:m,problem:null,loading:!1})}catch(m){c.signal.aborted||r(u=>({...u,problem:m,loading:!1}))}},[]);return R(()=>(r(c=>({...c,loading:!0})),p(),()=>l.current?.abort()),t),R(()=>{let c=null,f=0,m=!0,u=!1,h=!1,g=()=>{if(u=!0,c!==null||h)return;let b=Math.max(a,Math.min(4*d.current,3e3));c=setTimeout(async()=>{u=!1,await p(),f=performance.now(),c=null,u&&g()},Math.max(0,f+b-performance.now()))},$=ee(()=>{Q.value;for(let b of n)({arrivals:fn,changes:Re})[b].value;m?m=!1:g()});return()=>{h=!0,$(),clearTimeout(c)}},[]),{...o,reload:p}}function P(e){let[t,n]=v(!1),a=G(!1),[o,r]=v(null);return[async(...l)=>{if(!a.current){a.current=!0,n(!0),r(null);try{return await e(...l)}catch(d){r(d);return}finally{a.current=!1,n(!1)}}},t,o,()=>r(null)]}var St=D(""),_a;function N(e){St.value=e,clearTimeout(_a),_a=setTimeout(()=>{St.value=""},6e3)}var xt=matchMedia("(min-width: 50rem)");function Ct(){let[e,t]=v(!xt.matches);return R(()=>{let n=()=>t(!xt.matches);return xt.addEventListener("change",n),()=>xt.removeEventListener("change",n)},[]),e}function K({title:e,about:t,actions:n,children:a}){return i`<section class="page" aria-labelledby="title">
    <header class="page-head">
      <div><h1 id="title" tabindex="-1">${e}</h1>${t&&i`<p class="dim">${t}</p>`}</div>
      ${n&&i`<div class="actions">${n}</div>`}
    </header>
    ${a}
  </section>`}function I({title:e,actions:t,children:n,...a}){let o=Ve();return i`<section class="panel" aria-labelledby=${o} ...${a}>
    <header><h2 id=${o}>${e}</h2>${t&&i`<div class="actions">${t}</div>`}</header>
    ${n}
  </section>`}var k=({kind:e="plain",disabled:t=!1,buttonRef:n,onClick:a,children:o,...r})=>i`<button type="button" ref=${n} class=${`button ${e}`} aria-disabled=${t?"true":void 0}
    onClick=${t?void 0:a} ...${r}>${o}</button>`,ue=({kind:e="plain",disabled:t=!1,children:n})=>i`<button type="submit" class=${`button ${e}`} aria-disabled=${t?"true":void 0}>${n}</button>`;function Le({yes:e,what:t="",on:n,busy:a,children:o}){let[r,s]=v(!1),l=G(null),d=G(null),p=G(!1);return je(()=>{r!==p.current&&(r?l:d).current?.focus(),p.current=r},[r]),r?i`<span class="sure" role="group" aria-label=${`${e}${t}?`} onKeyDown=${c=>{c.key==="Escape"&&(c.preventDefault(),s(!1))}}>
    <${k} key="yes" kind="danger" disabled=${a} onClick=${async()=>{await n(),s(!1)}}>Yes, ${e}${t&&i`<span class="sr">${t}</span>`}<//>
    <${k} key="no" buttonRef=${l} onClick=${()=>s(!1)}>No<//>
  </span>`:i`<${k} key="first" kind="danger" buttonRef=${d} onClick=${()=>s(!0)}>${o}<//>`}var A=({problem:e})=>e&&i`<p class="problem" role="alert">${e.message}</p>`,Z=({children:e})=>i`<p class="empty">${e}</p>`;function _({label:e,as:t="input",value:n,on:a,hint:o,kind:r="",children:s,...l}){let d=Ve(),p=t;return i`<div class=${`field ${r}`}>
    <label for=${d}>${e}</label>
    <${p} id=${d} value=${n} onInput=${c=>a?.(c.target.value)}
      aria-describedby=${o?`${d}-hint`:void 0} ...${l}>${s}</${p}>
    ${o&&i`<small id=${`${d}-hint`} class="dim">${o}</small>`}
  </div>`}var te=({label:e,checked:t,on:n,disabled:a=!1,...o})=>i`<label class="switch"><input type="checkbox" role="switch" checked=${t}
    aria-disabled=${a?"true":void 0} onClick=${r=>a&&r.preventDefault()}
    onChange=${r=>n(r.target.checked)} ...${o} /><span>${e}</span></label>`,z=({kind:e="",children:t,...n})=>i`<span class=${`chip ${e}`} ...${n}>${t}</span>`,Xe=({status:e})=>i`<span class=${`status s${String(e)[0]}`}>${e===0?"none":e}</span>`;async function Wo(e,t){if(navigator.clipboard)return navigator.clipboard.writeText(e);let n=document.createElement("textarea");n.value=e,t.parentElement.append(n),n.select(),document.execCommand("copy"),n.remove(),t.focus()}var hn=({text:e,label:t="Copy"})=>i`<${k} onClick=${async n=>{try{await Wo(e,n.currentTarget),N("Copied.")}catch{N("The browser does not let the page copy; select the text instead.")}}}>${t}<//>`,Ue=({text:e,label:t})=>i`<div class="code"><pre tabindex="0" aria-label=${t}>${e}</pre><${hn} text=${e} /></div>`;function ke({steps:e,all:t,wide:n=!1}){if(!e.length)return null;let a=[...t===void 0?[]:[{name:"all",left:t}],...e],o=Math.max(1,a[0].left);return i`<span class=${n?"steps wide":"steps"} role="img"
    aria-label=${a.map(r=>`${r.name}: ${r.left}`).join(", ")}>
    ${a.map(r=>i`<span class="step" key=${r.name} title=${`${r.name}: ${T(r.left)}`}>
      <span class="bar"><span style=${{width:`${100*r.left/o}%`}} /></span>
      <span class="left">${n&&i`<span class="dim">${r.name} </span>`}${T(r.left)}</span>
    </span>`)}
  </span>`}var $n=()=>i`<div class="said" role="status" aria-live="polite">${St.value}</div>`;function xe({title:e,onClose:t,children:n,kind:a=""}){let o=G(null),r=Ve();return je(()=>{let s=o.current;return s.showModal(),()=>s.close()},[]),i`<dialog ref=${o} class=${`dialog ${a}`} aria-labelledby=${r}
    onCancel=${s=>{s.preventDefault(),t?.()}}
    onClick=${s=>s.target===o.current&&t?.()}>
    <div class="dialog-body">
      <header><h2 id=${r} tabindex="-1">${e}</h2>
        ${t&&i`<${k} kind="ghost" aria-label="Close" onClick=${t}>✕<//>`}</header>
      ${n}
    </div>
    <${$n} />
  </dialog>`}var Io=8e6,ba=5;function Tt({label:e,columns:t,count:n,row:a,height:o=40,onOpen:r,onRange:s,rowClass:l,rowKey:d,wide:p}){let c=G(null),[{first:f,last:m,shift:u},h]=v({first:0,last:30,shift:0}),[g,$]=v(0),b=Math.min(n*o,Io),x=()=>{let S=c.current,E=S.scrollHeight-S.clientHeight;return E>0?(E+n*o-b)/E:1},w=()=>{let S=c.current;if(!S)return;let E=S.scrollTop*x(),y=Math.floor(E/o),H={first:Math.max(0,y-ba),last:Math.min(n,y+Math.ceil(S.clientHeight/o)+ba),shift:S.scrollTop-E};h(V=>Object.keys(H).every(ze=>V[ze]===H[ze])?V:H)};je(w,[n,o]),R(()=>{let S=new ResizeObserver(w);return S.observe(c.current),()=>S.disconnect()},[n,o]),R(()=>s?.(f,m),[f,m,n]);let O=S=>{let E=Math.max(0,Math.min(n-1,S));$(E);let y=c.current,H=x(),V=y.clientHeight-2*o,ze=y.scrollTop*H;E*o<ze?y.scrollTop=E*o/H:E*o>ze+V&&(y.scrollTop=Math.ceil((E*o-V)/H))},ie=S=>{let E={ArrowDown:1,ArrowUp:-1,PageDown:10,PageUp:-10,Home:-n,End:n};S.key in E?(S.preventDefault(),O(g+E[S.key])):S.key==="Enter"&&a(g)&&(S.preventDefault(),r?.(a(g)))},ce=t.map(S=>S.width??"minmax(8rem, 1fr)").join(" "),ne=[];for(let S=f;S<Math.min(m,n);S+=1)ne.push(S);let Y=Ve();return i`<div class=${p?"table sideways":"table"} role="grid" aria-label=${e} aria-rowcount=${n+1} tabindex="0" ref=${c}
    onScroll=${w} onKeyDown=${ie} aria-activedescendant=${ne.includes(g)?`${Y}-${g}`:void 0}>
    <div class="tr th" role="row" aria-rowindex="1" style=${{gridTemplateColumns:ce}}>
      ${t.map(S=>i`<span role="columnheader" key=${S.name}>${S.title}</span>`)}
    </div>
    <div class="rows" role="presentation" style=${{height:`${b}px`}}>
      <div role="presentation" style=${{transform:`translateY(${f*o+u}px)`}}>
        ${ne.map(S=>{let E=a(S);return i`<div class=${`tr ${E&&l?l(E):""} ${S===g?"active":""}`} role="row"
            id=${`${Y}-${S}`} key=${E?d(E):S} aria-rowindex=${S+2}
            style=${{gridTemplateColumns:ce,height:`${o}px`}}
            onClick=${()=>{$(S),E&&r?.(E)}}>
            ${t.map(y=>i`<span role="gridcell" key=${y.name}>${E?y.cell(E):"…"}</span>`)}
          </div>`})}
      </div>
    </div>
  </div>`}var ya=D(location.hash);addEventListener("hashchange",()=>{ya.value=location.hash});var Et=Ae(()=>{let[e,t=""]=ya.value.replace(/^#\/?/,"").split("?",2),[n,...a]=e.split("/").map(decodeURIComponent);return{view:n||"requests",parts:a,query:new URLSearchParams(t)}}),le=(e,...t)=>`#/${[e,...t].map(encodeURIComponent).join("/")}`;var Se=365,wa=[1,7,30,90,180,365],vn=864e5,Ho=[{name:"minute",on:{minutes:1},back:{minutes:-1},milliseconds:6e4},{name:"hour",on:{hours:1},back:{hours:-1},milliseconds:36e5},{name:"day",on:{days:1},back:{days:-1},milliseconds:vn},{name:"month",month:!0}];function ka(e,t){let n=new Date(e),a=new Date(e);a.setUTCDate(1),a.setUTCMonth(n.getUTCMonth()+t);let o=new Date(Date.UTC(a.getUTCFullYear(),a.getUTCMonth()+1,0)).getUTCDate();return a.setUTCDate(Math.min(n.getUTCDate(),o)),a-n}function Bo(e){let t=G({now:0,at:0}),[,n]=v(0);return e&&t.current.data!==e&&(t.current={data:e,now:Date.parse(e.now),at:performance.now()}),R(()=>{if(!e||e.frozen)return;let a=setInterval(()=>n(o=>o+1),1e3);return()=>clearInterval(a)},[e]),t.current.now+(e?.frozen?0:performance.now()-t.current.at)}var et=e=>100*Math.sqrt(Math.min(e,Se)/Se);function gn(e,t,n,a){let o=[];for(let r=Math.max(1,t+1);r<=Math.min(Se,n);r+=1){let s=e[r-1];if(!s)continue;let[l,d]=[1e3-10*et(r),1e3-10*et(r-1)],p=Math.max(2.5,100*s/a);o.push(`M${l.toFixed(2)} 100V${(100-p).toFixed(2)}H${d.toFixed(2)}V100Z`)}return o.join("")}function Vo({data:e,window:t,choose:n,ahead:a}){let o=[...new Set([...wa,t])].sort((p,c)=>p-c),r=e.listed.map((p,c)=>p-(e.listed[c-1]??0)),s=Math.max(1,...r),l=Math.max(0,t-a),d=wa.map(p=>`${T(e.listed[p-1])} within ${C(p,"day")}`).join(", ");return i`<div class="timeline-days" role="group" aria-label="Windows on a time line, now at the right">
    ${o.map(p=>{let c=et(p),f=c>70;return i`<button type="button" class="lane" key=${p} aria-pressed=${String(p===t)} onClick=${()=>n(p)}>
        <span class="reach" style=${{width:`${c}%`}}></span>
        <span class=${f?"told inside":"told"} style=${f?{left:`${100-c}%`}:{right:`${c}%`}}>
          days=${p} · ${T(e.listed[p-1])}</span>
      </button>`})}
    <svg class="days-chart" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img"
      aria-label=${`The contacts by the day of their last message: ${d}; the most on one day: ${T(s)}`}>
      <path class="out" d=${gn(r,t,Se,s)} />
      <path class="next" d=${gn(r,l,t,s)} />
      <path class="in" d=${gn(r,0,l,s)} />
    </svg>
    <span class="edge" style=${{right:`${et(t)}%`}}></span>
    <div class="days-axis" aria-hidden="true">
      <span style=${{right:0}}>now</span>
      ${[1,7,30,90,180].map(p=>i`<span key=${p} class=${p===1?"wide-only":""} style=${{right:`${et(p)}%`}}>−${p} d</span>`)}
      <span>−365 d</span>
    </div>
  </div>`}function Go({data:e,window:t,choose:n,now:a,step:o,ahead:r}){let[s,l,d]=P(o),p=m=>e.listed[t-1]-(e.listed[t-m-1]??0),c=m=>{let u=e.leaving.filter(h=>Date.parse(h.leaves_at)<=a+m).length;return u<10?T(u):"10 or more"},f=Math.round(ka(a,1)/vn);return i`
    <${I} title="Windows">
      <div class="window-choice">
        <${_} label="Window" type="range" min="1" max=${Se} value=${t} aria-valuetext=${C(t,"day")} on=${m=>n(Number(m))} />
        <${_} label="days" type="number" min="1" max=${Se} value=${t}
          on=${m=>Number(m)>=1&&Number(m)<=Se&&n(Math.round(Number(m)))} />
      </div>
      <${Vo} data=${e} window=${t} choose=${n} ahead=${r} />
      <div class="key">
        <span><i class="in"></i>listed by days=${t}</span>
        <span><i class="next"></i>leaves it ${r===1?"within a day":"within a month"}</span>
        <span><i class="out"></i>not listed</span>
      </div>
      <p>When the clock goes on, <strong>${c(6e4)}</strong> leave days=${t} within a minute,
        <strong> ${c(36e5)}</strong> within an hour, <strong>${T(p(1))}</strong> within a day,
        <strong> ${T(p(Math.min(f,t)))}</strong> within a month.
        <span class="dim"> ${[e.older&&`${C(e.older,"contact")} with an older last message`,e.without&&`${C(e.without,"contact")} without any`,e.later&&`${T(e.later)} with a later one than now`].filter(Boolean).join(", ")}</span></p>
    <//>
    <${I} title=${`Who leaves days=${t} next`}>
      <${A} problem=${d} />
      ${e.leaving.length===0?i`<${Z}>Nobody is in this window.<//>`:i`<div class="scroll" tabindex="0" role="group" aria-label="Who leaves next"><table class="plain-table">
          <thead><tr><th>contact</th><th class="wide-only">last message</th><th>leaves at</th><th><span class="sr">Go there</span></th></tr></thead>
          <tbody>${e.leaving.map(m=>i`<tr key=${m.id}>
            <td>${De(m.name||m.id,40)}</td><td class="mono wide-only">${U(m.last_message_at)}</td>
            <td class="mono">${U(m.leaves_at)}</td>
            <td><${k} disabled=${l} aria-label=${`Go there: when ${m.name||m.id} leaves`}
              onClick=${()=>s("/clock/set",()=>({at:m.leaves_at}))}>Go there<//></td>
          </tr>`)}</tbody>
        </table></div>`}
    <//>`}function xa(){let[e,t]=v(30),[n,a]=v(1),[o,r]=v(""),[s,l]=v(""),{data:d,problem:p,reload:c}=q(w=>j("/clock/windows",{window:e},w),[e]),f=Bo(d);R(()=>{if(!d||d.frozen)return;let w=setInterval(c,2e4);return()=>clearInterval(w)},[d?.frozen]);let m=async(w,O)=>{let ie=d.listed[e-1],ce=await X(w,O(f));l(ce.warning??"");let ne=await j("/clock/windows",{window:e});await c();let Y=ie-ne.listed[e-1],S=Y===0?"the same contacts":Y>0?`${T(Y)} fewer contacts`:`${T(-Y)} more contacts`;N(`${U(ce.now)}. days=${e} lists ${S}.`)},[u,h,g]=P(m),$=()=>{if(!o)throw new Error("wanted a date and a time, e.g. 2026-01-31 09:30:00");return{at:`${o.length===16?`${o}:00`:o}Z`.replace(/\.\d+Z$/,"Z")}},b=(w,O)=>ie=>w.month?{days:ka(ie,O)/vn}:O>0?w.on:w.back;if(!d)return i`<${K} title="Clock">${p?i`<${A} problem=${p} />`:i`<${Z}>Loading …<//>`}<//>`;let x=new Date(f).toISOString();return i`<${K} title="Clock" about="The time of the mock: its instants and its windows go by it, the client's own clock does not.">
    <${A} problem=${p??g} />
    <${I} title="Now" actions=${i`<${z} kind=${d.frozen?"warn":"good"}>${d.frozen?"frozen":"running"}<//>`}>
      <p class="clock-now" role="timer" aria-live="off">${U(x)} <small>UTC</small></p>
      <div class="actions">
        ${d.frozen?i`<${k} kind="primary" disabled=${h} onClick=${()=>u("/clock/run",()=>({}))}>Run<//>`:i`<${k} kind="primary" disabled=${h} onClick=${()=>u("/clock/freeze",()=>({}))}>Freeze<//>`}
        <${k} disabled=${h} onClick=${()=>u("/clock/set",()=>({at:new Date().toISOString()}))}>To real time<//>
      </div>
      <div class="steppers" role="group" aria-label="Steps">
        ${Ho.map(w=>i`<span class="stepper" key=${w.name}>
          <${k} disabled=${h} aria-label=${`1 ${w.name} back`} onClick=${()=>u("/clock/advance",b(w,-1))}>−<//>
          <${k} disabled=${h} onClick=${()=>u("/clock/advance",b(w,1))}
            onMouseEnter=${()=>a(w.month?30:1)} onFocus=${()=>a(w.month?30:1)}>+ 1 ${w.name}<//>
        </span>`)}
      </div>
      <div class="clock-set">
        <${_} label="Date and time, UTC" type="datetime-local" step="1" value=${o} on=${r} />
        <${k} disabled=${h} onClick=${()=>u("/clock/set",$)}>Set<//>
        <${k} disabled=${h} onClick=${()=>u("/clock/freeze",$)}>Freeze there<//>
      </div>
      ${s&&i`<p class="note">${s}</p>`}
    <//>
    <${Go} data=${d} window=${e} choose=${t} now=${f} step=${m} ahead=${n} />
  <//>`}function Ot(e){let t=e.indexOf("?"),n=t<0?e:e.slice(0,t),a=t<0?"":e.slice(t+1);return{path:n,query:a,pairs:[...new URLSearchParams(a)]}}var Ce=e=>e.toLowerCase().replace(/\/+$/,"")==="/api/public/contacts",jt=document.documentElement.dataset.endpoint==="here",Sa=e=>jt?`${location.origin}${e}`:`$VAMBE_BASE_URL${e}`,Ca=e=>Sa(`${jt?vt:""}${e}`),Ta=e=>Sa(`${jt?ua:"/api/public/contacts"}${e?`?${e}`:""}`),Jo=e=>jt?wt(e):`"$VAMBE_BASE_URL"${wt(e.slice(15))}`,Ea=(e,t,n="YOUR_KEY")=>`curl ${e==="GET"?"":e==="HEAD"?"--head ":`-X ${e} `}-H ${wt(`x-api-key: ${n}`)} \\
  ${Jo(t)}`;var ae=100,Ko=60,Oa=2500,_n={loading:!0,status:200,message:"",hint:"",steps:[],total:0,count:0,problem:null},At=class{constructor(){this.told=D(_n),this.version=D(0),this.flashing=new Map,this.range=[0,30],this.forget()}forget(){this.chunks=new Map,this.pending=new Set,this.known=new Map,this.generation=(this.generation??0)+1}async open(t){this.query=t,this.forget(),this.told.value={...this.told.value,loading:!0},await this.load([0])}at(t){return this.chunks.get(Math.floor(t/ae))?.[t%ae]}show(t,n){this.range=[t,n],this.load(this.inSight().filter(a=>!this.chunks.has(a)&&!this.pending.has(a)))}async refresh(){this.generation+=1,this.pending.clear();let t=this.inSight();await this.load(t.includes(0)?t:[0,...t],!0)}inSight(){let[t,n]=this.range,a=[];for(let o=Math.floor(t/ae);o*ae<Math.max(n,1);o+=1)a.push(o);return a}async load(t,n=!1){if(!t.length)return;let a=this.generation;for(let o of t)this.pending.add(o);try{let o=await Promise.all(t.map(s=>this.ask(s)));if(a!==this.generation)return;let r=n?new Map(this.known):null;(n||this.chunks.size>Ko)&&(this.chunks=new Map),t.forEach((s,l)=>this.chunks.set(s,o[l])),this.note(o.flat(),r)}catch(o){a===this.generation&&(this.told.value={..._n,loading:!1,problem:o})}finally{if(a===this.generation)for(let o of t)this.pending.delete(o);this.version.value+=1}}note(t,n){let a=performance.now()+Oa;this.known.size>2e4&&this.known.clear();for(let o of t){let r=JSON.stringify(o);n?.size&&n.get(o.id)!==r&&this.flashing.set(o.id,a),this.known.set(o.id,r)}n&&this.flashing.size&&setTimeout(()=>{for(let[o,r]of this.flashing)r<=performance.now()&&this.flashing.delete(o);this.version.value+=1},Oa+50)}async ask(t){if(this.query===null){let{total:r,contacts:s}=await j("/contacts",{limit:ae,offset:t*ae});return t===0&&this.tell({total:r,count:r}),s}if(t===0){let r=await j("/preview",{query:this.query,most:ae}),{status:s,message:l,hint:d,steps:p,total:c,ignored:f,now:m}=r,u=s===200?p.at(-1)?.left??c:0;return this.tell({status:s,message:l,hint:d,steps:p,total:c,count:u,ignored:f,now:m}),r.contacts}let n=new URLSearchParams(this.query),a=Number(n.get("offset")??0)+t*ae,o=n.has("limit")?Number(n.get("limit"))-t*ae:ae;return o<=0?[]:(n.set("offset",a),n.set("limit",Math.min(o,ae)),(await j("/preview",{query:n.toString(),most:ae})).contacts)}tell(t){this.told.value={..._n,...t,loading:!1}}};var Zo=e=>e===null?"null":typeof e=="object"?JSON.stringify(e):String(e);function Mt({contact:e,query:t}){let{data:n,problem:a}=q(o=>j("/explain",{contact:e,query:t},o),[e,t]);return a?i`<${A} problem=${a} />`:n?i`<div class="stack explanation">
    <p><${z} kind=${n.listed?"good":"bad"}>${n.listed?"listed":"not listed"}<//> ${n.because}.
      <span class="dim"> At ${U(n.now)}${n.order?`, ordered by ${n.order}`:""}${n.place===null?"":`, number ${T(n.place+1)} of ${T(n.matched)}`}.</span></p>
    ${n.filters.length>0&&i`<div class="scroll" tabindex="0" role="region" aria-label="Each filter's verdict"><table class="plain">
      <thead><tr><th>Filter</th><th>Sent</th><th>Means</th><th>The contact has</th><th>Holds</th></tr></thead>
      <tbody>${n.filters.map(o=>i`<tr key=${o.parameter} class=${o.holds?"":"bad"}>
        <th scope="row" class="mono">${o.parameter}</th><td class="mono">${o.asked}</td><td>${o.reading}</td>
        <td class="mono">${Zo(o.contact_has)}</td><td>${o.holds?"yes":"no"}</td></tr>`)}</tbody>
    </table></div>`}
    ${n.ignored.length>0&&i`<p>Ignored: ${n.ignored.map(o=>i`<${z} kind="bad" key=${o}>${o}<//>`)}</p>`}
    ${Object.entries(n.measured).map(([o,r])=>i`<p key=${o} class="dim"><a href=${le("rules",o)}>${o}</a>: ${r}</p>`)}
  </div>`:i`<p class="dim">Looking …</p>`}var Yo=["whatsapp","web-whatsapp","instagram","webchat","sms","messenger","tiktok","voice","playground"],Qo=["UNATTENDED","ATTENDED","CLOSED"],Xo=new Set(["phone","email","last_message_at","ai_customer_id","default_stage_id"]),er={name:"",phone:"",email:"",platform:"whatsapp",chat_status:"UNATTENDED"},tr=e=>({name:e.name??"",phone:e.phone??"",email:e.email??"",platform:e.platform,chat_status:e.chat_status,last_message_at:e.last_message_at??"",created_at:e.created_at,updated_at:e.updated_at,default_stage_id:e.default_stage_id??"",ai_customer_id:e.ai_customer_id??"",blocked:e.blocked,is_chat_read:e.is_chat_read}),bn=(e,t)=>Object.fromEntries(t.flatMap(n=>n.entities.map(a=>[`${a}.${n.key}`,String(e?.custom_fields[a][n.key]??"")]))),nr=(e,t)=>t===""&&Xo.has(e)?null:t;function ar(e,t){return t===""?null:e.type==="number"?Number(t):e.type==="boolean"?t==="true":t}function ja(e,t,n){let a=Object.fromEntries(Object.entries(t.fields).filter(([r,s])=>s!==e.fields[r]).map(([r,s])=>[r,nr(r,s)])),o={};for(let r of n)for(let s of r.entities){let l=`${s}.${r.key}`;t.custom[l]!==e.custom[l]&&((o[s]??={})[r.key]=ar(r,t.custom[l]))}return{...a,...Object.keys(o).length&&{custom_fields:o}}}var Aa=({pipelines:e})=>e.map(t=>i`<optgroup key=${t.id} label=${t.name}>
  ${t.stages.map(n=>i`<option key=${n.id} value=${n.id}>${n.name}</option>`)}</optgroup>`);function Ma({value:e,set:t,pipelines:n,old:a=!0}){let o=r=>({value:e[r],on:s=>t({...e,[r]:s})});return i`<div class="filters">
    <${_} label="Name" ...${o("name")} />
    <${_} label="Phone" placeholder="+56912345678" ...${o("phone")} />
    <${_} label="E-mail" ...${o("email")} />
    <${_} label="Platform" as="select" ...${o("platform")}>${Yo.map(r=>i`<option key=${r}>${r}</option>`)}<//>
    <${_} label="Chat status" list="statuses" ...${o("chat_status")} />
    <datalist id="statuses">${Qo.map(r=>i`<option key=${r} value=${r} />`)}</datalist>
    ${a&&i`
      <${_} label="Last message" placeholder="none" ...${o("last_message_at")} />
      <${_} label="Created" ...${o("created_at")} />
      <${_} label="Updated" hint="Left as it is, it becomes now." ...${o("updated_at")} />
      <${_} label="Default stage" as="select" ...${o("default_stage_id")}><option value="">none</option><${Aa} pipelines=${n} /><//>
      <${_} label="Customer's id" ...${o("ai_customer_id")} />
      <${te} label="Blocked" checked=${e.blocked} on=${r=>t({...e,blocked:r})} />
      <${te} label="Chat is read" checked=${e.is_chat_read} on=${r=>t({...e,is_chat_read:r})} />`}
  </div>`}function Na({value:e,set:t,fields:n,hasTicket:a}){let o=n.flatMap(r=>r.entities.map(s=>({field:r,entity:s,name:`${s}.${r.key}`})));return o.length?i`<section><h3>Custom fields, which no answer shows</h3><div class="filters">
    ${o.map(({field:r,entity:s,name:l})=>{let d={label:`${r.key} (${s})`,value:e[l]??"",on:c=>t({...e,[l]:c}),disabled:s==="ticket"&&!a},p=r.type==="boolean"?["true","false"]:r.type==="options"?r.options:null;return p?i`<${_} key=${l} as="select" ...${d}><option value="">none</option>
            ${p.map(c=>i`<option key=${c}>${c}</option>`)}<//>`:i`<${_} key=${l} ...${d} placeholder=${{number:"a number",date:"2026-01-31"}[r.type]??""} />`})}</div></section>`:null}function or({contact:e,pipelines:t,act:n}){let a=e.active_ticket_v2,[o,r]=v(null),s=o??a?.current_stage_id??"",l=`/contacts/${e.id}/ticket`,d=s||null,p=async(c,f)=>await n(c,f)&&r(null);return i`<section><h3>Ticket</h3><div class="row">
    <${_} label="Stage" as="select" value=${s} on=${r}><option value="">no stage</option><${Aa} pipelines=${t} /><//>
    ${a?i`<${k} onClick=${()=>p("The ticket was moved.",()=>dn(l,{stage_id:d}))}>Move the ticket<//>
          <${k} onClick=${()=>p("The ticket was closed.",()=>J(l))}>Close the ticket<//>`:i`<${k} onClick=${()=>p("A ticket was opened.",()=>X(l,{stage_id:d}))}>Open a ticket<//>`}
  </div></section>`}function rr({contact:e,act:t}){let[n,a]=v("inbound"),[o,r]=v("");return i`<section><h3>Message</h3><div class="row">
    <${_} label="Direction" as="select" value=${n} on=${a}>
      <option value="inbound">from the contact</option><option value="outbound">to the contact</option><//>
    <${_} label="At" value=${o} on=${r} placeholder="now" />
    <${k} onClick=${()=>t("A message was added.",()=>X(`/contacts/${e.id}/messages`,{direction:n,...o&&{at:o}}))}>Add a message<//>
  </div></section>`}function sr({contact:e,pipelines:t,fields:n,query:a,reload:o,onClose:r}){let s={fields:tr(e),custom:bn(e,n)},[l,d]=v({fields:{},custom:{}}),p={fields:{...s.fields,...l.fields},custom:{...s.custom,...l.custom}},c=$=>b=>d({...l,[$]:Object.fromEntries(Object.entries(b).filter(([x,w])=>w!==s[$][x]))}),[f,m,u]=P(async($,b)=>(await b(),N($),await o(),!0)),h=ja(s,p,n),g=!Object.keys(h).length;return i`
    <p class="mono dim wrap">${e.id}</p>
    <form onSubmit=${async $=>{$.preventDefault(),g?N("Nothing was changed yet."):await f("The contact was changed.",()=>dn(`/contacts/${e.id}`,h))&&d({fields:{},custom:{}})}}>
      <${Ma} value=${p.fields} set=${c("fields")} pipelines=${t} />
      <${Na} value=${p.custom} set=${c("custom")} fields=${n} hasTicket=${e.active_ticket_v2!==null} />
      <${A} problem=${u} />
      <div class="actions">
        <${ue} kind="primary" disabled=${m||g}>Save the change<//>
        <${Le} yes="delete it" busy=${m} on=${()=>f("The contact was deleted.",()=>J(`/contacts/${e.id}`).then(r))}>Delete the contact<//>
      </div>
    </form>
    <${or} contact=${e} pipelines=${t} act=${f} />
    <${rr} contact=${e} act=${f} />
    ${a&&i`<section><h3>Why it is in the answer to the filters, or not</h3>
      <${Mt} contact=${e.id} query=${a} /></section>`}`}function Da({id:e,pipelines:t,fields:n,query:a,onClose:o}){let{data:r,problem:s,reload:l}=q(d=>j(`/contacts/${e}`,{},d),[e]);return i`<${xe} title=${r?.name||"Contact"} onClose=${o}>
    ${r?i`<${sr} contact=${r} pipelines=${t} fields=${n} query=${a} reload=${l} onClose=${o} />`:i`<${A} problem=${s} />`}
  <//>`}function Pa({pipelines:e,fields:t,onClose:n}){let[a,o]=v({fields:er,custom:bn(null,t)}),[r,s,l]=P(async()=>{let{name:d,phone:p,email:c,...f}=a.fields,{custom_fields:m}=ja({fields:a.fields,custom:bn(null,t)},a,t),u=await X("/contacts",{...f,...d&&{name:d},...p&&{phone:p},...c&&{email:c},...m&&{custom_fields:m}});N(`${u.name} was added.`),n()});return i`<${xe} title="Add a contact" onClose=${n}>
    <form onSubmit=${d=>{d.preventDefault(),r()}}>
      <p class="dim">What is left empty gets its usual value; the instants are the clock's.</p>
      <${Ma} value=${a.fields} set=${d=>o({...a,fields:d})} pipelines=${e} old=${!1} />
      <${Na} value=${a.custom} set=${d=>o({...a,custom:d})} fields=${t} hasTicket=${!1} />
      <${A} problem=${l} />
      <div class="actions"><${ue} kind="primary" disabled=${s}>Add it<//></div>
    </form>
  <//>`}var qa={days:"",created_after:"",updated_after:"",pipeline_id:"",stage_id:"",custom_field_key:"",custom_field_value:"",entity_type:"",limit:"",offset:""},ir=e=>new URLSearchParams(Object.entries(e).filter(([,t])=>t!=="")).toString();function lr({filters:e,set:t,pipelines:n,fields:a}){let o=s=>({value:e[s],on:l=>t({...e,[s]:l.trim()})}),r=n.filter(s=>!e.pipeline_id||s.id===e.pipeline_id).flatMap(s=>s.stages.map(l=>({...l,pipeline:s.name})));return i`<div class="filters query">
    <${_} label="days" inputmode="decimal" placeholder="30" ...${o("days")} />
    <${_} label="created_after" kind="long" placeholder="2026-01-31T09:30:00Z" ...${o("created_after")} />
    <${_} label="updated_after" kind="long" placeholder="2026-01-31T09:30:00Z" ...${o("updated_after")} />
    <${_} label="pipeline_id" as="select" ...${o("pipeline_id")}><option value="">any</option>
      ${n.map(s=>i`<option key=${s.id} value=${s.id}>${s.name}</option>`)}<//>
    <${_} label="stage_id" as="select" ...${o("stage_id")}><option value="">any</option>
      ${r.map(s=>i`<option key=${s.id} value=${s.id}>${s.pipeline}: ${s.name}</option>`)}<//>
    <${_} label="custom_field_key" as="select" ...${o("custom_field_key")}><option value="">none</option>
      ${[...new Set(a.map(s=>s.key))].map(s=>i`<option key=${s} value=${s}>${s}</option>`)}<//>
    <${_} label="custom_field_value" ...${o("custom_field_value")} />
    <${_} label="entity_type" as="select" ...${o("entity_type")}>
      <option value="">not sent</option><option>customer</option><option>ticket</option><//>
    <${_} label="limit" inputmode="numeric" ...${o("limit")} />
    <${_} label="offset" inputmode="numeric" ...${o("offset")} />
  </div>`}var Dt=e=>e==null?i`<span class="dim">—</span>`:String(e),Nt=e=>i`<span class="mono">${Dt(e)}</span>`;function cr(e,t,n){let a=s=>s.active_ticket_v2?t.get(s.active_ticket_v2.current_stage_id)??"no known stage":null;if(n)return[{name:"what",title:"Contact",width:"minmax(0, 1fr)",cell:s=>i`<span class="two"><span>${s.name}</span><span class="dim">${U(s.last_message_at)} · ${s.platform}</span></span>`}];let o=[["name","Name","15rem",s=>s.name],["phone","Phone","9.5rem",s=>Nt(s.phone)],["email","E-mail","15rem",s=>Dt(s.email)],["platform","Platform","7.5rem",s=>s.platform],["status","Chat","7.5rem",s=>s.chat_status],["last","Last message","11rem",s=>Nt(s.last_message_at&&U(s.last_message_at))],["updated","Updated","11rem",s=>Nt(U(s.updated_at))],["created","Created","11rem",s=>Nt(U(s.created_at))],["ticket","Ticket's stage","10rem",s=>Dt(a(s))],["flags","Flags","8rem",s=>[s.blocked&&"blocked",!s.is_chat_read&&"unread"].filter(Boolean).join(", ")]],r=e.flatMap(s=>s.entities.map(l=>[`${l}.${s.key}`,`${s.key} (${l})`,"10rem",d=>Dt(d.custom_fields[l][s.key])]));return[...o,...r].map(([s,l,d,p])=>({name:s,title:l,width:d,cell:p}))}function Ra(){let e=Ct(),t=de(()=>new At,[]),[n,a]=v(qa),[o,r]=v(null),[s,l]=v(!1),{data:d=[]}=q(h=>j("/pipelines",{},h)),{data:p=[]}=q(h=>j("/custom-fields",{},h)),c=ir(n);R(()=>{let h=setTimeout(()=>t.open(c||null),150);return()=>clearTimeout(h)},[c,Q.value]),R(()=>{let h=!0,g=null,$=ee(()=>{Re.value,!h&&g===null&&(g=setTimeout(async()=>{g=null,await t.refresh()},150)),h=!1});return()=>{$(),clearTimeout(g)}},[]),t.version.value;let f=t.told.value,m=new Map(d.flatMap(h=>h.stages.map(g=>[g.id,`${h.name}: ${g.name}`]))),u=de(()=>cr(p,m,e),[p,d,e]);return i`<${K} title="Contacts" about=${`${C(f.total,"contact")}${c?`, of which ${C(f.count,"is","are")} in the answer`:""}.`}
    actions=${i`<${k} kind="primary" onClick=${()=>l(!0)}>Add a contact<//>`}>
    <${I} title="What the endpoint is asked" actions=${c&&i`<${k} onClick=${()=>a(qa)}>Show all contacts<//>`}>
      <${lr} filters=${n} set=${a} pipelines=${d} fields=${p} />
      ${c?i`<${Ue} label="The URL that a client would send" text=${Ta(c)} />`:i`<p class="dim">Without parameters all contacts show here; the endpoint itself wants days, created_after or updated_after.</p>`}
      ${f.ignored?.length>0&&i`<p class="problem">Ignored: ${f.ignored.join(", ")}</p>`}
      ${f.message&&i`<p class="problem" role="alert">${f.status}: ${f.message}${f.hint&&`. Hint: ${f.hint}`}</p>`}
      <${ke} steps=${f.steps} all=${f.total} wide />
      <${A} problem=${f.problem} />
    <//>
    ${f.count?i`<${Tt} label="Contacts" columns=${u} count=${f.count} height=${e?60:36} wide=${!e}
          row=${h=>t.at(h)} rowKey=${h=>h.id} rowClass=${h=>t.flashing.has(h.id)?"flash":""}
          onRange=${(h,g)=>t.show(h,g)} onOpen=${h=>r(h.id)} />`:i`<${Z}>${f.loading?"Loading …":"No contact."}<//>`}
    ${o&&i`<${Da} id=${o} pipelines=${d} fields=${p} query=${c} onClose=${()=>r(null)} />`}
    ${s&&i`<${Pa} pipelines=${d} fields=${p} onClose=${()=>l(!1)} />`}
  <//>`}var Pt=D({});function dr(){let{data:e=[],problem:t,reload:n}=q(m=>j("/organisations",{},m),[],{on:["changes","arrivals"],every:1e3}),[a,o]=v(""),[r,s]=v(null),[l,d,p]=P(m=>m()),c=()=>l(async()=>{let m=await X("/organisations",{});Pt.value={...Pt.value,[m.name]:m.key},s(m),N(`${m.name} was made.`),n()}),f=m=>l(async()=>{let u=Q.value;Q.value=m;try{await j("/clock")}catch(h){throw Q.value=u,h}o(""),N("The page shows the organisation of this key.")});return i`<${I} title="Organisations" actions=${i`<${k} onClick=${c} disabled=${d}>Make one<//>`}>
    <p class="dim">Each API key has data, a clock, faults and a record of its own. The page shows one of them: its whole key is asked for once, and kept in this page alone.</p>
    <ul class="list tall">${e.map((m,u)=>{let h=u===0?"":Pt.value[m.name],g=Qe.value===m.name;return i`<li key=${m.name}>
        <span class="name">${m.name} ${g&&i`<${z} kind="good">shown<//>`}</span>
        <span class="mono dim">${m.keys.join(", ")}</span>
        <span class="dim">${C(m.contacts,"contact")}, ${C(m.requests,"request")}, ${C(m.faults,"fault")}</span>
        ${!g&&h!==void 0&&i`<${k} onClick=${()=>f(h)}>Show<span class="sr"> ${m.name}</span><//>`}
        ${u>0&&i`<${Le} yes="delete it" what=${` ${m.name}`} busy=${d} on=${()=>l(async()=>{g&&(Q.value=""),await J(`/organisations/${encodeURIComponent(m.name)}`),N(`${m.name} was deleted.`),await n()})}>Delete<span class="sr"> ${m.name}</span><//>`}
      </li>`})}</ul>
    ${r&&i`<div class="note row">The key of ${r.name}, which no other answer shows: <code>${r.key}</code> <${hn} text=${r.key} label="Copy the key" /></div>`}
    <form class="row" onSubmit=${m=>{m.preventDefault(),f(a.trim())}}>
      <${_} label="Show the organisation of this key" type="password" autocomplete="off" required value=${a} on=${o} />
      <${ue} disabled=${d}>Show it<//>
    </form>
    <${A} problem=${p??t} />
  <//>`}function pr(){let{data:e=[],problem:t,reload:n}=q(p=>j("/snapshots",{},p)),[a,o]=v(""),[r,s,l]=P(async(p,c)=>(await c(),N(p),await n(),!0)),d=p=>`/snapshots/${p.split("/").map(encodeURIComponent).join("/")}`;return i`<${I} title="Snapshots">
    <form class="row" onSubmit=${p=>{p.preventDefault(),r(`The snapshot ${a} was taken.`,()=>bt(d(a),void 0)).then(c=>c&&o(""))}}>
      <${_} label="Name" required maxlength="100" value=${a} on=${o} />
      <${ue} kind="primary" disabled=${s}>Take a snapshot<//>
    </form>
    ${e.length?i`<ul class="list tall">${e.map(p=>i`<li key=${p.name}>
          <span class="name">${p.name}</span><span class="dim">${C(p.contacts,"contact")} at ${U(p.now)}</span>
          <${k} onClick=${()=>r(`The snapshot ${p.name} was restored.`,()=>X(`${d(p.name)}/restore`,void 0))}>Restore<span class="sr"> ${p.name}</span><//>
          <${Le} yes="delete it" what=${` ${p.name}`} busy=${s} on=${()=>r(`The snapshot ${p.name} was deleted.`,()=>J(d(p.name)))}>Delete<span class="sr"> ${p.name}</span><//>
        </li>`)}</ul>`:i`<${Z}>No snapshot yet: one keeps data and clock under a name.<//>`}
    <${A} problem=${l??t} />
  <//>`}function ur(){let[e,t,n]=P(async()=>{let{contacts:a}=await X("/reset",void 0);N(`Everything is as at the start: ${C(a,"contact")}.`)});return i`<${I} title="Reset">
    <p class="dim">Back to the initial data and clock, without faults, triggers and recorded requests. Snapshots stay.</p>
    <div class="actions"><${Le} yes="reset" busy=${t} on=${e}>Reset<//></div>
    <${A} problem=${n} />
  <//>`}function fr(){let[e,t]=v(!1),[n,a]=v(!1),o=G(null),[r,,s]=P(async c=>{let{contacts:f}=await we("PUT","/dataset",{raw:c,query:{keep_timestamps:e?"true":null}});N(`${c.name} was loaded: ${C(f,"contact")}.`)}),[l,d,p]=P(async()=>{let c=await(await _t("GET","/dataset")).blob(),f=document.createElement("a");f.href=URL.createObjectURL(c),f.download="vambe-mock.json",f.click(),setTimeout(()=>URL.revokeObjectURL(f.href),1e4),N(`The data set has ${T(c.size)} bytes.`)});return i`<${I} title="Data set">
    <p class="dim">A data set document, as <code>vambe-mock generate</code> and the option <code>--data</code> have it. Loading one replaces all contacts, pipelines and custom fields.</p>
    <div class="actions"><${k} onClick=${l} disabled=${d}>Download the data<//></div>
    <div class=${n?"drop over":"drop"} onDragOver=${c=>{c.preventDefault(),a(!0)}} onDragLeave=${()=>a(!1)} onDrop=${c=>{c.preventDefault(),a(!1),c.dataTransfer.files[0]&&r(c.dataTransfer.files[0])}}>
      <label>Load a file, or drop it here <input type="file" accept=".json,application/json" ref=${o} onChange=${c=>{let[f]=c.target.files;f&&r(f).finally(()=>{o.current&&(o.current.value="")})}} /></label>
    </div>
    <${te} label="Keep its timestamps; else they move to the clock's now" checked=${e} on=${t} />
    <${A} problem=${s??p} />
  <//>`}function La(){return i`<${K} title="Organisations & data">
    <${dr} />
    <div class="panels"><${pr} /><${fr} /><${ur} /></div>
  <//>`}var yn=null;function za(){return yn??=j("/openapi.json").then(e=>e.components.schemas,e=>{throw yn=null,e}),yn}var oe=e=>e.replaceAll("_"," "),mr={first:"only the first",every:"only every nth",nth:"at request number",expires_in:"expires in, seconds",retry_after:"retry after, seconds"},Ua={path:"*/contacts",first:"all",every:"all"};function re(e,t){if(e.$ref)return{...re(t[e.$ref.split("/").at(-1)],t),..."default"in e&&{default:e.default}};let n=e.anyOf?.filter(a=>a.type!=="null");if(n?.length===1&&e.anyOf.length===2){let{anyOf:a,...o}=e;return{...re(n[0],t),...o,nullable:!0}}return e}var wn={status:503,per_second:1,location:"/elsewhere",seconds:1,bytes_per_second:1e3,share:.5,text:"<html><body><h1>502 Bad Gateway</h1></body></html>",place:1,direction:"inbound",minimum:.1,maximum:1,median:.2,sigma:.5,days:1};function qt(e,t,n){let a=re(t,n);return a.const!==void 0?a.const:e in wn&&!(a.enum&&!a.enum.includes(wn[e]))&&!a.properties?wn[e]:a.default!==void 0?a.default:a.enum?a.enum[0]:a.oneOf?a.discriminator?tt(a,Object.keys(a.discriminator.mapping)[0],n):qt(e,a.oneOf.at(-1),n):a.properties?kn(a,n):a.type==="boolean"?!1:a.type==="integer"||a.type==="number"?a.minimum??1:a.type==="object"?{}:a.examples?.[0]??""}function kn(e,t){let n=e.required??(e.properties.place?["place"]:[]);return Object.fromEntries(n.map(a=>[a,qt(a,e.properties[a],t)]))}function tt(e,t,n){return kn(re({$ref:e.discriminator.mapping[t]},n),n)}function se({schema:e,names:t,value:n,on:a,all:o}){let r=s=>l=>{let{[s]:d,...p}=n;a(l===void 0?p:{...p,[s]:l})};return i`<div class="values">${t.map(s=>i`<${Fa} key=${s} name=${s} label=${mr[s]??oe(s)}
    schema=${e.properties[s]} needed=${e.required?.includes(s)} value=${n[s]} on=${r(s)} all=${o} />`)}</div>`}function Rt(e,t=[]){let n=Object.keys(e.properties).filter(o=>e.properties[o].const===void 0),a=n.filter(o=>e.required?.includes(o)||t.includes(o));return[a,n.filter(o=>!a.includes(o))]}function Fa({name:e,label:t,schema:n,needed:a,value:o,on:r,all:s}){let l=re(n,s);if(l.discriminator)return i`<${gr} label=${t} union=${l} value=${o} on=${r} all=${s} />`;if(l.oneOf)return i`<${_r} name=${e} label=${t} forms=${l.oneOf} value=${o} on=${r} all=${s} />`;if(l.properties)return i`<${br} label=${t} schema=${l} value=${o} on=${r} all=${s} />`;if(l.type==="object"&&e!=="query")return i`<${$r} label=${t} value=${o} on=${r} />`;if(e==="query")return i`<${hr} label=${t} value=${o} on=${r} />`;if(l.enum)return i`<${_} as="select" label=${t} value=${o===void 0?"":String(o)}
      on=${c=>r(c===""?void 0:l.enum.find(f=>String(f)===c))}>
      ${!a&&i`<option value="">${l.default===void 0?"—":`usual (${l.default})`}</option>`}
      ${l.enum.map(c=>i`<option key=${c} value=${String(c)}>${c}</option>`)}
    <//>`;if(l.type==="boolean")return l.nullable?i`<${_} as="select" label=${t} value=${o===void 0?"":String(o)}
          on=${c=>r(c===""?void 0:c==="true")}>
          <option value="">—</option><option>true</option><option>false</option><//>`:i`<${te} label=${t} checked=${o??l.default??!1} on=${c=>r(c||void 0)} />`;if(l.type==="integer"||l.type==="number"){let c=l.minimum;return i`<${_} label=${t} type="number" step=${l.type==="integer"?1:"any"} min=${c} max=${l.maximum}
      required=${a} placeholder=${l.default??Ua[e]??""} value=${o??""} on=${f=>r(f===""?void 0:Number(f))} />`}let d=l.examples?.[0]??l.default??Ua[e]??"",p=l.maxLength>2e3;return i`<div class=${p||d.length>16?"long":""}><${_} as=${p?"textarea":"input"} label=${t} required=${a}
    placeholder=${typeof d=="string"?d:""} value=${o??""} on=${c=>r(c===""&&!a?void 0:c)} /></div>`}function hr({label:e,value:t,on:n}){let a=Object.entries(t??{}).map(([s,l])=>l===null?s:`${s}=${l}`).join("&"),[o,r]=v(a);return i`<div class="long"><${_} label=${e} placeholder="updated_after&limit=20" value=${o}
    hint="parameters that it must have; a name alone: with any value"
    on=${s=>{r(s);let l=s.split("&").map(d=>d.trim()).filter(Boolean).map(d=>{let p=d.indexOf("=");return p<0?[d,null]:[d.slice(0,p),d.slice(p+1)]});n(l.length?Object.fromEntries(l):void 0)}} /></div>`}function $r({label:e,value:t,on:n}){let[a,o]=v(JSON.stringify(t??{})),[r,s]=v(!1);return i`<div class="long"><${_} label=${`${e} (JSON)`} value=${a} aria-invalid=${r?"true":void 0} hint=${r?'not JSON yet; wanted e.g. {"city": "Lima"}':void 0}
    on=${l=>{o(l);try{n(JSON.parse(l)),s(!1)}catch{s(!0)}}} /></div>`}function gr({label:e,union:t,value:n,on:a,all:o}){let{propertyName:r,mapping:s}=t.discriminator,l=n&&re({$ref:s[n[r]]},o);return i`<fieldset class="group long"><legend>${e}</legend>
    <${_} as="select" label=${oe(r)} value=${n?.[r]} on=${d=>a(tt(t,d,o))}>
      ${Object.keys(s).map(d=>i`<option key=${d} value=${d}>${oe(d)}</option>`)}
    <//>
    ${l&&i`<${se} schema=${l} names=${Rt(l).flat()} value=${n} on=${a} all=${o} />`}
  </fieldset>`}var vr=(e,t,n)=>t.type==="string"?"":qt(e,t,n);function _r({name:e,label:t,forms:n,value:a,on:o,all:r}){let s=n.map(f=>re(f,r)),l=f=>f.properties?typeof a=="object"&&Object.keys(a).every(m=>m in f.properties):typeof a!="object",d=Math.max(0,s.findIndex(l)),p=s[d],c=f=>f.title&&f.properties?oe(f.title.toLowerCase()):f.type==="string"?"id":f.type;return i`<fieldset class="group long"><legend>${t}</legend>
    <div class="stack">
      <${_} as="select" label="as" value=${String(d)} on=${f=>o(vr(e,s[Number(f)],r))}>
        ${s.map((f,m)=>i`<option key=${m} value=${String(m)}>${c(f)}</option>`)}
      <//>
      ${p.properties?i`<${se} schema=${p} names=${Object.keys(p.properties)} value=${a??{}} on=${o} all=${r} />`:i`<${Fa} name=${e} label=${t} schema=${p} needed=${!0} value=${a} on=${o} all=${r} />`}
    </div>
  </fieldset>`}function br({label:e,schema:t,value:n,on:a,all:o}){let r=n??{},s=Object.keys(t.properties).filter(d=>t.required?.includes(d)||d in r),l=Object.keys(t.properties).filter(d=>!s.includes(d));return i`<fieldset class="group long"><legend>${e}</legend><div class="stack">
    ${s.length>0&&i`<${se} schema=${t} names=${s} value=${r} on=${a} all=${o} />`}
    <div class="row">
      ${l.length>0&&i`<${_} as="select" label="add a field" value="" on=${d=>d&&a({...r,[d]:qt(d,t.properties[d],o)})}>
        <option value="">—</option>${l.map(d=>i`<option key=${d} value=${d}>${oe(d)}</option>`)}<//>`}
      ${Object.keys(r).some(d=>!t.required?.includes(d))&&i`<${k} onClick=${()=>a(t.required?kn(t,o):void 0)}>Leave them out<//>`}
    </div>
  </div></fieldset>`}var yr={on:["changes","arrivals"],every:400},wr=(e="")=>e.replaceAll("``","").replaceAll(`

`,`
`).replace(/\n(?=[a-z(])/g," ").replaceAll(`
`," "),nt=e=>oe(e)[0].toUpperCase()+oe(e).slice(1).replace("json","JSON");function Ut(e){return typeof e!="object"?De(String(e),40):Object.entries(Sn(e)).map(([t,n])=>[oe(t),Ut(n)]).filter(([,t])=>t!=="").map(t=>t.join(" ")).join(", ")}var kr=({do:e,...t})=>[oe(e),Ut(typeof t[e]=="object"?t[e]:e==="clock"?Object.fromEntries(Object.entries(t).filter(([,n])=>n!==0)):t)].filter(Boolean).join(" "),Sn=e=>Object.fromEntries(Object.entries(e).filter(([,t])=>t!=null&&t!==!1&&!(typeof t=="object"&&!Object.keys(t).length)));function Wa(e){let{kind:t,...n}=e;return Ut(n)}function Lt(e){let{query:t={},...n}=e,a=Object.entries(n).filter(([,r])=>r!=null).map(([r,s])=>`${oe(r)} ${Ut(s)}`);return[...Object.entries(t).map(([r,s])=>s===null?r:`${r}=${s}`),...a].join(", ")}function xr({query:e,key:t,...n}){return{...Sn(n),...Object.keys(e).length&&{query:e}}}var xn=e=>Object.fromEntries(Object.entries(e).filter(([,t])=>t!==void 0));function Sr({kind:e,schema:t,rule:n,all:a,faults:o,reload:r}){let{effect:s,...l}=n.properties,d=o.findLast(y=>!y.over)?.rule,[p,c]=v(()=>d?Sn(d.effect):tt(n.properties.effect,e,a)),[f,m]=v(()=>d?{match:xr(d.match),...d.expires_in&&{expires_in:d.expires_in}}:{}),[u,h]=v(!1),g=o.filter(y=>!y.over),[$,b]=Rt(t,["share","value","message"].filter(y=>y in t.properties&&!t.required.includes(y)).slice(0,1)),[x,w,O]=P(async y=>{if(y)await X("/faults",xn({...f,effect:p}));else for(let H of g)await J(`/faults/${H.id}`);await r(),N(`${nt(e)} is ${y?"on":"off"}.`)}),[ie]=P(async y=>{await J(`/faults/${y.id}`),await r()}),[ce,ne,Y]=P(async()=>{await X("/faults",xn({...f,effect:p}));for(let y of g)await J(`/faults/${y.id}`);await r(),N(`${nt(e)} has the values shown.`)}),S=re(l.match,a),E=Object.keys(l).filter(y=>y!=="match");return i`<article class=${g.length?"card is-on":"card"} aria-label=${nt(e)}>
    <${te} label=${nt(e)} checked=${g.length>0} disabled=${w} on=${x} />
    <p class="about">${wr(t.description)}</p>
    <${A} problem=${O??Y} />
    ${o.length>0&&i`<ul class="at-work" aria-label=${`${nt(e)}: at work`}>
      ${o.map(y=>i`<li key=${y.id}>
        <span class="count"><strong>${T(y.applied)}</strong> hit${y.matched!==y.applied?` of ${T(y.matched)}`:""}</span>
        ${y.over&&i`<${z}>over<//>`}
        ${Wa(y.rule.effect)&&i`<span>${Wa(y.rule.effect)}</span>`}
        ${Lt(y.rule.match)&&i`<span class="dim">for ${Lt(y.rule.match)}</span>`}
        ${y.expires_in!==null&&!y.over&&i`<span class="dim">for ${Math.ceil(y.expires_in)} s more</span>`}
        ${(o.length>1||y.over)&&i`<${k} kind="ghost" aria-label=${`Remove fault ${y.id}`} onClick=${()=>ie(y)}>Remove<//>`}
      </li>`)}
    </ul>`}
    ${$.length>0&&i`<${se} schema=${t} names=${$} value=${p} on=${c} all=${a} />`}
    <${se} schema=${S} names=${["first"]} value=${f.match??{}} all=${a} on=${y=>m({...f,match:y})} />
    <details open=${u} onToggle=${y=>h(y.currentTarget.open)}>
      <summary>More: ${b.length?"values, ":""}which requests, how long</summary>
      ${u&&i`<div class="stack">
        ${b.length>0&&i`<${se} schema=${t} names=${b} value=${p} on=${c} all=${a} />`}
        <${se} schema=${S} names=${Object.keys(S.properties).filter(y=>y!=="first")} value=${f.match??{}} all=${a} on=${y=>m({...f,match:y})} />
        <${se} schema=${n} names=${E} value=${f} all=${a} on=${m} />
      </div>`}
    </details>
    ${g.length>0&&i`<div class="actions"><${k} disabled=${ne} onClick=${ce}>Use these values<//></div>`}
  </article>`}var Cr={change:{fields:{name:"Ana"}},clock:{days:1}},Tr=[["A contact changes between two pages",{nth:1,changes:[{do:"change",contact:{place:1},fields:{name:"Changed between two pages"}}]}],["A contact vanishes between two pages",{nth:1,changes:[{do:"delete",contact:{place:1}}]}],["A contact is new after the answer",{nth:1,changes:[{do:"add",contact:{name:"New after the answer"}}]}],["A day passes after the answer",{nth:1,changes:[{do:"clock",days:1}]}]];function Er({all:e,reload:t}){let n=e.TriggerRule,a=n.properties.changes.items,o=$=>({...tt(a,$,e),...Cr[$]}),[r,s]=v(()=>({nth:1,when:"after",changes:[o("change")]})),[l,d]=v(0),p=re(n.properties.match,e),{mapping:c}=a.discriminator,f=Object.keys(n.properties).filter($=>$!=="match"&&$!=="changes"),[m,u,h]=P(async()=>{let $=await X("/triggers",xn(r));await t(),N(`Trigger ${$.id} waits for its request.`)}),g=($,b)=>s({...r,changes:r.changes.map((x,w)=>w===$?b:x)});return i`<form class="trigger-form" key=${l} onSubmit=${$=>{$.preventDefault(),m()}}>
    <div class="row" role="group" aria-label="Begin with">
      ${Tr.map(([$,b])=>i`<${k} key=${$} onClick=${()=>{s({when:"after",...b}),d(l+1)}}>${$}<//>`)}
    </div>
    <${se} schema=${n} names=${f} value=${r} on=${s} all=${e} />
    <details><summary>Which requests count</summary>
      <${se} schema=${p} names=${Object.keys(p.properties)} value=${r.match??{}} all=${e} on=${$=>s({...r,match:$})} />
    </details>
    ${r.changes.map(($,b)=>{let x=re({$ref:c[$.do]},e);return i`<section class="change" key=${`${b} ${$.do}`} aria-label=${`Change ${b+1}`}>
        <header>
          <${_} as="select" label=${`change ${b+1}: do`} value=${$.do} on=${w=>g(b,o(w))}>
            ${Object.keys(c).map(w=>i`<option key=${w} value=${w}>${oe(w)}</option>`)}
          <//>
          ${r.changes.length>1&&i`<${k} kind="ghost" aria-label=${`Remove change ${b+1}`}
            onClick=${()=>s({...r,changes:r.changes.filter((w,O)=>O!==b)})}>Remove<//>`}
        </header>
        <${se} schema=${x} names=${Rt(x).flat()} value=${$} on=${w=>g(b,w)} all=${e} />
      </section>`})}
    <${A} problem=${h} />
    <div class="actions">
      <${k} onClick=${()=>s({...r,changes:[...r.changes,o("change")]})}>One more change<//>
      <${ue} kind="primary" disabled=${u}>Add the trigger<//>
    </div>
  </form>`}function Or({triggers:e,reload:t}){let[n,,a]=P(async o=>{await J(`/triggers/${o.id}`),await t(),N(`Trigger ${o.id} is off.`)});return e.length?i`<${A} problem=${a} />
    <ul class="at-work">${e.map(o=>i`<li key=${o.id}>
      <${te} label=${`Trigger ${o.id}`} checked=${o.fired===null} on=${()=>n(o)} disabled=${o.fired!==null} />
      ${o.fired===null?i`<span class="count">request <strong>${T(o.matched)}</strong> of ${T(o.rule.nth)}</span>`:o.problem?i`<${z} kind="bad">changed nothing<//>`:i`<${z} kind="good">fired<//> <span class="mono dim">${U(o.at)}</span>`}
      <span>${o.rule.when} it: ${o.rule.changes.map(kr).join("; ")}</span>
      ${Lt(o.rule.match)&&i`<span class="dim">for ${Lt(o.rule.match)}</span>`}
      ${o.problem&&i`<span class="problem">${o.problem}</span>`}
      ${o.fired!==null&&i`<${k} kind="ghost" aria-label=${`Remove trigger ${o.id}`} onClick=${()=>n(o)}>Remove<//>`}
    </li>`)}</ul>`:i`<${Z}>No triggers.<//>`}function Ia(){let{data:e,problem:t}=q(za,[],{on:[]}),{data:n,problem:a,reload:o}=q(async u=>{let[h,g]=await Promise.all([j("/faults",{},u),j("/triggers",{},u)]);return{faults:h,triggers:g}},[],yr),[r,s,l]=P(async()=>{let[u,h]=[await J("/faults"),await J("/triggers")];await o(),N(`${C(u.removed,"fault")} and ${C(h.removed,"trigger")} are off.`)}),d=t??a??l;if(!e||!n)return i`<${K} title="Faults & triggers">${d?i`<${A} problem=${d} />`:i`<${Z}>Loading …<//>`}<//>`;let p=e.FaultRule,{mapping:c}=p.properties.effect.discriminator,f=n.faults.filter(u=>!u.over).length+n.triggers.filter(u=>u.fired===null).length,m=p.properties.effect.oneOf.map(u=>Object.keys(c).find(h=>c[h]===u.$ref));return i`<${K} title="Faults & triggers" about="What goes wrong, and what changes at a request. They hit requests with this organisation's key."
    actions=${i`<span class="dim" role="status">${f?`${T(f)} on`:"nothing is on"}</span>
      <${k} kind="danger" disabled=${s||!(n.faults.length+n.triggers.length)} onClick=${r}>All off<//>`}>
    <${A} problem=${d} />
    <section aria-labelledby="faults" class="stack"><h2 id="faults">Faults</h2>
      <div class="catalogue">${m.map(u=>i`<${Sr} key=${u} kind=${u} schema=${re({$ref:c[u]},e)} rule=${p} all=${e}
        faults=${n.faults.filter(h=>h.rule.effect.kind===u)} reload=${o} />`)}</div>
    </section>
    <div class="panels top-aligned">
      <${I} title="Triggers"><${Or} triggers=${n.triggers} reload=${o} /><//>
      <${I} title="A new trigger"><${Er} all=${e} reload=${o} /><//>
    </div>
  <//>`}function jr(e,t){let n=e.query??{},a=Object.fromEntries(e.steps.map(l=>[l.name,l.left])),o=t.map(([l,d])=>{let p=e.ignored.includes(l),c=l==="custom_field_value"&&n.custom_field_readings,f=c?Object.entries(c).map(([u,h])=>`${u}: ${JSON.stringify(h)}`).join(", "):n[l],m=l.startsWith("custom_field")?c?a.custom_field:void 0:a[l];return{name:l,value:d,ignored:p,reading:f===void 0?"":String(f),left:m}}),r=new Set(t.map(([l])=>l)),s=Object.entries(n).filter(([l])=>!r.has(l)&&!l.startsWith("custom_field")).map(([l,d])=>({name:l,value:null,ignored:!1,reading:String(d),left:a[l]}));return[...o,...s]}function Ar({request:e,pairs:t}){let n=jr(e,t);return n.length?i`<div class="scroll" tabindex="0" role="region" aria-label="How each parameter was read"><table class="plain">
    <thead><tr><th>Parameter</th><th>Sent</th><th>Read as</th><th>Left</th></tr></thead>
    <tbody>${n.map((a,o)=>i`<tr key=${o} class=${a.ignored?"bad":""}>
      <th scope="row" class="mono">${a.name}</th>
      <td class="mono">${a.value??i`<span class="dim">not sent</span>`}</td>
      <td class="mono">${a.ignored?"ignored: no parameter has this name":a.reading||i`<span class="dim">—</span>`}</td>
      <td class="mono">${a.left===void 0?"":T(a.left)}</td>
    </tr>`)}</tbody>
  </table></div>`:i`<p class="dim">It has no parameters.</p>`}function Mr({query:e,onWhy:t}){let{data:n,problem:a,reload:o}=q(r=>j("/preview",{query:e,most:100},r),[e]);return a?i`<${A} problem=${a} />`:n?i`<div class="stack">
    <div class="row"><p><${Xe} status=${n.status} /> at ${U(n.now)}:
      ${n.status===200?i` ${C(n.matched,"contact")} match${n.matched===1?"es":""}.`:` ${n.message}${n.hint&&`. Hint: ${n.hint}`}`}</p>
      <${k} onClick=${o}>Ask again<//></div>
    <${ke} steps=${n.steps} all=${n.total} wide />
    ${n.contacts.length>0&&i`<ul class="list" aria-label="Contacts of the answer">
      ${n.contacts.map(r=>i`<li key=${r.id}>
        <span class="name">${r.name}</span> <span class="mono dim">${r.id}</span>
        <${k} kind="ghost" onClick=${()=>t(r.id)} aria-label=${`Why is ${r.name} here?`}>Why?<//>
      </li>`)}</ul>`}
    ${n.status===200&&!n.contacts.length&&i`<${Z}>It lists no contact.<//>`}
    <p class="dim">This is the answer now; it was not recorded, and no fault had a say.</p>
  </div>`:i`<p class="dim">Asking …</p>`}var Ha={500:{kind:"status",status:500},502:{kind:"status",status:502},503:{kind:"status",status:503},"429, Retry-After 1 s":{kind:"status",status:429,retry_after:1},401:{kind:"status",status:401},"Connection reset":{kind:"connection_reset"},"Body cut in half":{kind:"truncated_body"},"2 s late":{kind:"delay",seconds:2}};function Nr({path:e,pairs:t}){let[n,a]=v("503"),[o,r]=v("1"),[s,l]=v(!1),[d,p,c]=P(async()=>{let m={query:Object.fromEntries(t.map(([h,g])=>[h,s?g:null])),first:Number(o),...!Ce(e)&&{path:e}},u=await X("/faults",{match:m,effect:Ha[n]});N(`Fault ${u.id} waits for ${C(Number(o),"request")} like this.`)});return i`<form class="stack" onSubmit=${f=>{f.preventDefault(),d()}}>
    <div class="row">
      <${_} label="Fails with" as="select" value=${n} on=${a}>
        ${Object.keys(Ha).map(f=>i`<option key=${f}>${f}</option>`)}<//>
      <${_} label="Times" type="number" min="1" max="1000" required value=${o} on=${r} />
      <${te} label="Only with the same values" checked=${s} on=${l} />
      <${ue} kind="danger" disabled=${p}>Fail the next one like this<//>
    </div>
    <${A} problem=${c} />
  </form>`}function Dr({query:e,contact:t,setContact:n}){let{data:a}=q(r=>j("/contacts",{limit:200},r),[]),o=t.trim();return i`<div class="stack">
    <${_} label="Contact" value=${t} on=${n} list="known-contacts" placeholder="its id" autocomplete="off"
      hint="The id of any contact, of this answer or not." />
    <datalist id="known-contacts">${a?.contacts.map(r=>i`<option key=${r.id} value=${r.id}>${r.name}</option>`)}</datalist>
    ${/^[0-9a-f-]{36}$/i.test(o)&&i`<${Mt} contact=${o} query=${e} />`}
  </div>`}function Ba({request:e,onClose:t}){let{path:n,query:a,pairs:o}=Ot(e.target),[r,s]=v(""),l=Ce(n)&&!e.stranger;return i`<${xe} title=${`Request ${e.number}`} onClose=${t}>
    <p class="mono wrap">${e.method} ${e.target}</p>
    <p class="row"><${Xe} status=${e.status} /> <span>${U(e.at)}</span> <span>${yt(e.milliseconds)}</span>
      ${e.faults.map(d=>i`<${z} kind="warn" key=${d}>fault ${d}<//>`)}</p>
    ${e.message&&i`<p class="note">${e.message}</p>`}
    ${e.hint&&i`<p class="note">Hint: ${e.hint}</p>`}
    <${ke} steps=${e.steps} all=${e.all} wide />
    ${Ce(n)&&i`<section><h3>How it was read</h3><${Ar} request=${e} pairs=${o} /></section>`}
    <section><h3>As a command</h3><${Ue} label="curl" text=${Ea(e.method,Ca(e.target),Q.value||"YOUR_KEY")} /></section>
    ${!e.stranger&&i`<section><h3>Fail the next one like this</h3><${Nr} path=${n} pairs=${o} /></section>`}
    ${l&&i`<section><h3>Why is a contact in the answer, or not?</h3>
      <${Dr} query=${a} contact=${r} setContact=${s} /></section>
    <section><h3>The answer now</h3><${Mr} query=${a} onWhy=${d=>{s(d),document.querySelector("[list=known-contacts]")?.focus()}} /></section>`}
  <//>`}var Va={all:["All",()=>!0],errors:["Refused or failed",e=>e.status===0||e.status>=400],faults:["Met by a fault",e=>e.faults.length>0],ignored:["With ignored parameters",e=>e.ignored.length>0],strangers:["Without a key, or to unknown paths",e=>e.stranger]};function Ga({request:e}){let{path:t,pairs:n}=Ot(e.target);return i`<span class="chips line">
    ${!Ce(t)&&i`<span class="mono">${t}</span>`}
    ${n.map(([a,o],r)=>i`<${z} key=${r} kind=${e.ignored.includes(a)?"bad":""}
      title=${e.ignored.includes(a)?`${a} is ignored`:`${a}=${o}`}>
      ${e.ignored.includes(a)&&i`<span class="sr">ignored: </span>`}${a}=${o}<//>`)}
    ${!n.length&&Ce(t)&&i`<span class="dim">no parameters</span>`}
  </span>`}var Pr=({request:e})=>e.faults.map(t=>i`<${z} kind="warn" key=${t}>fault ${t}<//>`),Ja=({request:e,otherwise:t=""})=>{if(e.steps.length)return i`<${ke} steps=${e.steps} all=${e.all} />`;let n=e.hint?`hint: ${e.hint}`:e.message||t;return i`<span class="dim told" title=${n}>${n}</span>`},Ka=[{name:"at",title:"Time",width:"7rem",cell:e=>i`<span class="mono">${pn(e.at)}</span>`},{name:"status",title:"Status",width:"3.5rem",cell:e=>i`<${Xe} status=${e.status} />`},{name:"method",title:"Method",width:"4rem",cell:e=>i`<span class="mono dim">${e.method}</span>`},{name:"query",title:"Query",width:"minmax(14rem, 3fr)",cell:e=>i`<${Ga} request=${e} />`},{name:"steps",title:"What each filter left",width:"minmax(15rem, 2fr)",cell:e=>i`<${Ja} request=${e} />`},{name:"faults",title:"Faults",width:"5.5rem",cell:e=>i`<${Pr} request=${e} />`},{name:"took",title:"Took",width:"5rem",cell:e=>i`<span class="mono">${yt(e.milliseconds)}</span>`}],qr=[Ka[1],{name:"what",title:"Query, and what each filter left",width:"minmax(0, 1fr)",cell:e=>i`<span class="two"><${Ga} request=${e} />
      <${Ja} request=${e} otherwise=${pn(e.at)} /></span>`}];function Za(){let[e,t]=v("all"),[n,a]=v(""),[o,r]=v(null),[s,l]=v(null),d=Ct(),[p,c]=P(async()=>{await J("/requests"),await J("/requests/strangers"),mn(),o&&r([]),N("The record is empty.")}),f=o??qe.value,m=de(()=>f.filter(h=>Va[e][1](h)&&(!n||h.target.includes(n))),[f,e,n]),u=kt.value;return i`<${K} title="Requests" about=${`${C(un.value,"request")} with this key since the record was cleared.`}
    actions=${i`<${te} label="Hold" checked=${o!==null} on=${h=>r(h?qe.value:null)} />
      <${k} onClick=${p} disabled=${c}>Clear the record<//>`}>
    <div class="row">
      <${_} label="Show" as="select" value=${e} on=${t}>
        ${Object.entries(Va).map(([h,[g]])=>i`<option key=${h} value=${h}>${g}</option>`)}
      <//>
      <${_} label="Path and query contain" type="search" value=${n} on=${a} placeholder="updated_after" />
    </div>
    ${u>0&&i`<p class="note">${C(u,"request")} came too fast to be shown. The record has the last ones.</p>`}
    ${m.length?i`<${Tt} label="Requests, newest first" columns=${d?qr:Ka} count=${m.length} height=${d?64:40}
          row=${h=>m[h]} rowKey=${h=>h.id} onOpen=${l}
          rowClass=${h=>h.stranger?"stranger":""} />`:i`<${Z}>${f.length?"No request is of this kind.":"No request yet. As soon as your client asks, it shows here."}<//>`}
    ${s&&i`<${Ba} request=${s} onClose=${()=>l(null)} />`}
  <//>`}var Rr={documented:"good",observed:"good",measured:"good",reconciled:"",inferred:"",assumed:"warn",ours:""};function Cn({text:e,slugs:t}){return e.split(/(`[^`]+`)/).map((n,a)=>{if(!n.startsWith("`"))return n;let o=n.slice(1,-1);return t.has(o)?i`<a key=${a} href=${le("rules",o)}>${o}</a>`:i`<code key=${a}>${o}</code>`})}function Lr({rule:e,slugs:t,chosen:n}){return i`<article class=${n?"rule chosen":"rule"} id=${`rule-${e.slug}`} aria-labelledby=${`slug-${e.slug}`}>
    <header><h2 class="mono" id=${`slug-${e.slug}`}><a href=${le("rules",e.slug)}>${e.slug}</a></h2>
      <${z} kind=${Rr[e.grade]??""}>${e.grade}<//>
      ${e.measured&&i`<${z} kind="good">${e.measured}<//>`}</header>
    ${e.sources&&i`<p class="dim">Sources say: <${Cn} text=${e.sources} slugs=${t} /></p>`}
    <p>${e.sources&&i`<span class="dim">Here: </span>`}<${Cn} text=${e.rule} slugs=${t} /></p>
    ${e.because&&i`<p class="dim">Because <${Cn} text=${e.because} slugs=${t} /></p>`}
  </article>`}function Ur(){let{data:e}=q(n=>j("/dialect",{},n),[],{on:[]});if(!e||!e.file&&!e.rules.length)return null;let t=[...Object.entries(e.open).map(n=>["open",...n]),...Object.entries(e.beyond).map(n=>["beyond",...n])];return i`<${I} title="The dialect">
    <p>${e.file&&i`<span class="mono">${e.file}</span>`} ${e.made_on&&`of ${e.made_on}`}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Rules that are spoken otherwise"><table class="plain measured">
      <thead><tr><th>Rule</th><th>Value</th><th>Grade</th><th>Measured on</th></tr></thead>
      <tbody>${e.rules.map(n=>i`<tr key=${n.slug}><th scope="row" class="mono"><a href=${le("rules",n.slug)}>${n.slug}</a></th>
        <td class="mono">${JSON.stringify(n.value)}</td><td class="tight">${n.grade}</td><td class="tight">${n.on}</td></tr>`)}
        ${t.map(([n,a,o])=>i`<tr key=${a}><th scope="row" class="mono">${a}</th><td colspan="2">${o}</td><td class="tight">${n}</td></tr>`)}
      </tbody>
    </table></div>
  <//>`}function Ya(){let e=Et.value.parts[0]??"",[t,n]=v(""),[a,o]=v(""),{data:r=[],problem:s}=q(c=>j("/rules",{},c),[],{on:[]});R(()=>{n(""),o("")},[e]),R(()=>{document.getElementById(`rule-${e}`)?.scrollIntoView({block:"center"})},[e,r,t,a]);let l=t.toLowerCase(),d=new Set(r.map(c=>c.slug)),p=r.filter(c=>(!a||c.grade===a)&&(!l||Object.values(c).join(" ").toLowerCase().includes(l)));return i`<${K} title="Rules" about="What the mock does where the vendor's documents leave it open, how firm the ground is, and why.">
    <${Ur} />
    <div class="row">
      <${_} label="Slug or text contains" type="search" value=${t} on=${n} />
      <${_} label="Grade" as="select" value=${a} on=${o}><option value="">any</option>
        ${[...new Set(r.map(c=>c.grade))].map(c=>i`<option key=${c}>${c}</option>`)}<//>
      <p class="dim" role="status">${C(p.length,"rule")}</p>
    </div>
    <${A} problem=${s} />
    ${p.map(c=>i`<${Lr} key=${c.slug} rule=${c} slugs=${d} chosen=${c.slug===e} />`)}
    ${r.length>0&&!p.length&&i`<${Z}>No rule says so.<//>`}
  <//>`}var zr=64<<20,Tn="wanted a file that vambe-mock sync-check --json FILE has written";async function Xa(e){if(e.size>zr)throw new Error(`${e.name} has more than 64 MiB; ${Tn}`);let t;try{t=JSON.parse(await e.text())}catch{throw new Error(`${e.name} is no JSON; ${Tn}`)}if(!(Array.isArray(t?.hazards)&&t.hazards.length>0&&t.hazards.every(a=>typeof a?.slug=="string"&&typeof a.verdict=="string")))throw new Error(`${e.name} is JSON, but no report of a sync check; ${Tn}`);return{name:e.name,...t}}var Ee=e=>e.verdict==="lost"||e.verdict==="failed",Te=e=>Array.isArray(e)?e:[],On=e=>typeof e=="string"?e:"";function jn(e){return["lost","stale","doubled","ghosts"].map(t=>[Te(e[t]).length,t]).filter(([t])=>t).map(([t,n])=>`${T(t)} ${n}`).join(", ")}var Qa=42,En=34,eo=74;function to(e){let t=Te(e.requests),n=[...new Set([...Te(e.polls).map(l=>l.poll),...t.map(l=>l.poll)])].sort((l,d)=>l-d),a=new Map(n.map((l,d)=>[l,En+d*Qa])),o=Math.max(16,Math.min(56,900/Math.max(1,t.length+n.length))),r=[],s=eo;return t.forEach((l,d)=>{d&&(s+=o*(l.poll===t[d-1].poll?1:1.8)),r.push(s)}),{requests:t,polls:n,lane:a,step:o,lefts:r,width:Math.max(s+o*2.5,320),height:En+n.length*Qa+6}}function no(e,t){let n=t.requests.flatMap((a,o)=>a.poll<e.poll||a.poll===e.poll&&(!e.place||a.place<=e.place)?[o]:[]);return n.length?t.lefts[n.at(-1)]+t.step:eo-4}function An({told:e,label:t}){let n=to(e),{requests:a,polls:o,lane:r,step:s,lefts:l,width:d,height:p}=n,c=Te(e.changes),f=Te(e.wrong)[0],m=Te(f?.listed).filter(h=>h<a.length),u=h=>[l[h]+s/2-1,r.get(a[h].poll)+11];return i`<div class="story" tabindex="0" role="group" aria-label=${`Time line of ${t}`}>
    <svg width=${d} height=${p} viewBox=${`0 0 ${d} ${p}`} role="img"
      aria-label=${`${C(o.length,"poll")}, ${C(a.length,"request")}, ${C(c.length,"change")}; told in words below`}>
      ${f&&i`<text class="strong" x="8" y="15">${`● ${Fr(f)} (${f.what}): ${m.length?`listed ${C(m.length,"time")}`:"never listed"}`}</text>`}
      ${o.map(h=>{let g=l.filter(($,b)=>a[b].poll===h);return i`<g key=${h}><text x="8" y=${r.get(h)+15}>poll ${h}</text>
          ${g.length>0&&i`<rect class="poll-lane" x=${g[0]-4} y=${r.get(h)-4} width=${g.at(-1)-g[0]+s+6} height="30" rx="4" />`}</g>`})}
      ${a.map((h,g)=>i`<rect key=${g} class=${h.whole?"whole":"spoilt"} x=${l[g]} y=${r.get(h.poll)}
        width=${s-3} height="22" rx="3"><title>${ao(h)}</title></rect>`)}
      ${c.map((h,g)=>{let $=no(h,n)-1.5,b=r.get(h.poll)??En;return i`<g key=${g}><line class="change" x1=${$} x2=${$} y1=${b-8} y2=${b+28} />
          <circle class="flag" cx=${$} cy=${b-9} r="8"><title>${On(h.what)}</title></circle>
          <text class="flag-text" x=${$} y=${b-5} text-anchor="middle">${g+1}</text></g>`})}
      ${m.length>1&&i`<polyline class="path" points=${m.map(h=>u(h).join(",")).join(" ")} />`}
      ${m.map(h=>i`<circle key=${h} class="has" cx=${u(h)[0]} cy=${u(h)[1]} r="5" />`)}
    </svg>
  </div>`}var Fr=e=>typeof e.contact=="number"?`contact ${e.contact}`:On(e.id),ao=e=>`${e.query??""}: ${e.status||"no answer"}, ${C(e.contacts??0,"contact")}${e.whole?"":", not whole"}`;function oo({told:e}){let t=to(e),n=[...t.requests.map((a,o)=>({x:t.lefts[o],text:`Poll ${a.poll}, request ${a.place}: ${ao(a)}`})),...Te(e.changes).map((a,o)=>({x:no(a,t)-.5,text:`Change ${o+1}: ${On(a.what)}`}))].sort((a,o)=>a.x-o.x);return i`<ol class="happenings">${n.map((a,o)=>i`<li key=${o}>${a.text}</li>`)}
    ${e.left_out>0&&i`<li>${C(e.left_out,"more request")}, not in the report</li>`}</ol>`}var at="created_after=1970-01-01T00:00:00Z";function Wr(){let[e,t]=v(at),[n,a]=v(at),{data:o,problem:r,reload:s}=q(f=>j("/delivered/summary",{scope:e},f),[e],{on:["changes","arrivals"],every:1e3}),[l,d,p]=P(async f=>{await(f?bt("/delivered",{}):J("/delivered")),f||(t(at),a(at)),await s(),N(f?"From now on it is noted what is delivered.":"What is delivered is no longer noted.")}),c=i`<form class="scope" onSubmit=${f=>{f.preventDefault(),t(n.trim()||at)}}>
    <${_} label="Contacts that the client means to have, as a query" value=${n} on=${a} spellcheck="false" placeholder="days=30" />
    <button type="submit" class="button">Use it</button>
  </form>`;return o&&!o.on?i`<${I} title="What the client has">
      <${A} problem=${r??p} />
      <p>Once this is on, the mock notes which version of each contact was in an answer that arrived whole, and you see here which
        contacts the client cannot have, and why.</p>
      <div class="actions"><${k} kind="primary" disabled=${d} onClick=${()=>l(!0)}>Switch it on<//></div>
    <//>`:i`<${I} title="What the client has" actions=${i`
      <${k} disabled=${d} onClick=${()=>l(!0)}>Begin anew<//>
      <${k} disabled=${d} onClick=${()=>l(!1)}>Switch it off<//>`}>
    <${A} problem=${r??p} />
    ${c}
    ${o&&i`
      <div class="share">
        <p><strong>${T(o.present)}</strong> of ${C(o.contacts,"contact")} delivered in the present version</p>
        <progress max=${Math.max(1,o.contacts)} value=${o.contacts?o.present:1} aria-label="Delivered in the present version"></progress>
      </div>
      <dl class="figures">
        ${[["never delivered",o.lost],["only an older version",o.stale],["whole answers",o.whole],["spoilt answers",o.spoilt]].map(([f,m])=>i`<div key=${f}><dt>${f}</dt><dd>${T(m)}</dd></div>`)}
      </dl>
      ${o.missing.length===0?i`<${Z}>The client has had every contact as it is now.<//>`:i`<div class="scroll" tabindex="0" role="group" aria-label="Contacts that the client has not got">
          <table class="plain-table missing"><thead><tr><th>contact</th><th>has</th><th class="wide-only">changed at</th><th>why not</th></tr></thead>
          <tbody>${o.missing.map(f=>i`<tr key=${f.id}>
            <td class="who">${De(f.name||f.id,40)}</td>
            <td><${z} kind=${f.delivered?"warn":"bad"}>${f.delivered?"an older one":"nothing"}<//></td>
            <td class="mono wide-only">${U(f.updated_at)}</td>
            <td class="why">${f.why}${f.query!==null&&i` <code class="dim">${f.query}</code>`}</td>
          </tr>`)}</tbody></table></div>
        ${o.contacts-o.present>o.missing.length&&i`<p class="dim">These are the ${o.missing.length} that changed last.</p>`}`}`}
  <//>`}var Ir={survived:"good",lost:"bad",failed:"bad"};function Hr({hazard:e,first:t}){let[n,a]=v(t),{timeline:o}=e;return i`<details class="hazard" open=${n} onToggle=${r=>a(r.currentTarget.open)}>
    <summary><span class="slug">${e.slug}</span><${z} kind=${Ir[e.verdict]??""}>${e.verdict}<//>
      <span class="dim">${[jn(e),e.requests&&C(e.requests,"request")].filter(Boolean).join(" · ")}</span></summary>
    ${n&&i`<div class="hazard-body">
      ${e.why&&i`<p class="dim">${e.why}</p>`}
      ${e.happened&&i`<p>What happened: ${e.happened}.</p>`}
      ${o?.requests?.length?i`<${An} told=${o} label=${e.slug} />
          <details><summary>In words</summary><${oo} told=${o} /></details>`:i`<p class="dim">${o?"The client sent no request.":"No time line: the report was written by an earlier version."}</p>`}
      ${Ee(e)&&e.survive&&i`<p>To survive it: ${e.survive}</p>`}
      ${[...e.blind??[],...e.manners??[]].map(r=>i`<p class="note" key=${r}>${r}</p>`)}
    </div>`}
  </details>`}function Br({history:e}){return i`<section class="hazard" aria-label=${`History ${e.number}`}>
    <div class="hazard-body"><h3>History ${e.number} loses: ${jn(e)}</h3>
      <p>What happened: ${e.happened}.</p>
      ${e.steps&&i`<ol class="happenings">${e.steps.map((t,n)=>i`<li key=${n}>${t}</li>`)}</ol>`}
      ${e.timeline?.requests?.length>0&&i`<${An} told=${e.timeline} label=${`history ${e.number}`} />`}
    </div></section>`}function Vr(){let[e,t]=v(null),[n,a]=v(!1),[o,,r]=P(async p=>{if(!p)return;t(null);let c=await Xa(p);t(c),N(`${c.name}: ${C(c.hazards.length,"hazard")}, ${T(c.hazards.filter(Ee).length)} not survived.`)});R(()=>{let p=m=>{m.dataTransfer?.types.includes("Files")&&(m.preventDefault(),a(m.type==="dragover"))},f={dragover:p,dragleave:p,drop:m=>{p(m),o(m.dataTransfer?.files[0])}};for(let[m,u]of Object.entries(f))addEventListener(m,u);return()=>{for(let[m,u]of Object.entries(f))removeEventListener(m,u)}},[]);let s=e?.hazards??[],l=s.filter(p=>p.verdict!=="not met"),d=[...s.filter(Ee),...s.filter(p=>!Ee(p))];return i`<${I} title="A report of sync-check">
    <div class=${n?"drop is-over":"drop"}>
      <${_} label="Drop the JSON report anywhere on this page, or choose it" type="file" accept=".json,application/json"
        onChange=${p=>o(p.target.files[0])} />
    </div>
    <${A} problem=${r} />
    ${!e&&i`<${Ue} label="The command that writes a report" text="vambe-mock sync-check --json report.json -- python my_sync.py" />`}
    ${e&&i`<div>
      <p><strong>${T(l.filter(p=>!Ee(p)).length)}</strong> of ${C(l.length,"hazard")} survived, ${T(s.length-l.length)} not met.
        <span class="dim"> ${e.name}</span></p>
      <div class="key"><span><i class="in"></i>a whole answer</span><span><i class="spoilt"></i>a spoilt one</span><span><i class="next"></i>a change</span><span><i class="has"></i>the contact was listed</span></div>
      ${e.history&&i`<${Br} history=${e.history} />`}
      ${d.map((p,c)=>i`<${Hr} key=${p.slug} hazard=${p} first=${c<3&&Ee(p)} />`)}
    </div>`}
  <//>`}function ro(){return i`<${K} title="Sync" about="Whether a client that copies the contacts has all of them as they are now.">
    <${Wr} />
    <${Vr} />
  <//>`}function so(){let e=G(null);return je(()=>{e.current.replaceChildren(document.getElementById("links").content.cloneNode(!0))},[]),i`<${K} title="API" about="All that this page does, it does with the admin API.">
    <ul class="links" ref=${e}></ul>
  <//>`}var zt={requests:["Requests",Za],contacts:["Contacts",Ra],clock:["Clock",xa],faults:["Faults & triggers",Ia],sync:["Sync",ro],data:["Organisations & data",La],rules:["Rules",Ya],links:["API",so]};function Gr(){let[e,t]=v("");return i`<${xe} title="Token" kind="small">
    <form onSubmit=${n=>{n.preventDefault(),pe.value=e.trim(),me.value=!1}}>
      <p>The admin API needs the token that the server printed at its start. It is kept in this page alone.</p>
      ${sn.value&&i`<p class="problem" role="alert">That is not the token of this server.</p>`}
      <${_} label="Token" type="password" autocomplete="off" autofocus required value=${e} on=${t} />
      <div class="actions"><button class="button primary" type="submit">Use it</button></div>
    </form>
  <//>`}function Jr(){let{data:e}=q(()=>j("/clock")),[t,n]=v(0),[,a]=v(0);if(R(()=>n(performance.now()),[e]),R(()=>{let s=setInterval(()=>e&&!e.frozen&&a(l=>l+1),1e3);return()=>clearInterval(s)},[e]),!e)return null;let o=e.frozen||!t?0:performance.now()-t,r=new Date(Date.parse(e.now)+o).toISOString();return i`<a class="now" href=${le("clock")}><span class="dim">${e.frozen?"frozen at":"now"}</span> ${U(r)}</a>`}var Kr={live:"live",connecting:"connecting",lost:"no connection"};function io(){R(()=>ga(),[]);let{view:e}=Et.value,[t,n]=zt[e]??zt.requests;return R(()=>{document.title=`${t} · vambe-mock`,document.querySelector(".side [aria-current]")?.scrollIntoView({block:"nearest",inline:"center"})},[t]),i`
    <a class="skip" href="#main" onClick=${a=>{a.preventDefault(),document.getElementById("main").focus()}}>Skip to the content</a>
    <header class="top">
      <a class="brand" href=${le("requests")}>vambe-mock <span class="dim">${pa}</span></a>
      <span class="space"></span>
      ${Q.value&&i`<a class="chip warn" href=${le("data")}>${Qe.value}</a>`}
      ${!me.value&&i`<${Jr} />`}
      <span class=${`live is-${Pe.value}`} role="status">${Kr[Pe.value]}</span>
    </header>
    <nav class="side" aria-label="Views">
      ${Object.entries(zt).map(([a,[o]])=>i`<a key=${a} href=${le(a)}
        aria-current=${zt[e]&&a===e?"page":void 0}>${o}</a>`)}
    </nav>
    <main id="main" tabindex="-1">${!me.value&&i`<${n} key=${e} />`}</main>
    <${$n} />
    ${me.value&&i`<${Gr} />`}
  `}var Zr="a[href], button, input, select, textarea, summary, [tabindex='0']";var ot=null,lo=e=>[...e.querySelectorAll(Zr)].filter(t=>t.getClientRects().length>0),co=e=>(e.getAttribute("aria-label")||e.labels?.[0]?.textContent||e.textContent||"").trim();function Yr({target:e}){let t=[];for(let a=e.parentElement;a&&a.id!=="app";a=a.parentElement)t.push(a);let n=t.slice(0,8).map(a=>lo(a).indexOf(e));ot={target:e,name:co(e),places:t,indexes:n}}function Qr(){if(!ot||ot.target.isConnected||document.activeElement!==document.body)return;let{name:e,places:t,indexes:n}=ot;ot=null;for(let[a,o]of t.entries()){if(!o.isConnected)continue;if(o.id==="main")break;let r=lo(o),s=r.find(l=>co(l)===e)??r[Math.min(n[a]??0,r.length-1)];if(s){s.focus();return}}(document.querySelector("dialog[open] h2")??document.getElementById("title"))?.focus()}function po(e){addEventListener("focusin",Yr),new MutationObserver(Qr).observe(e,{childList:!0,subtree:!0})}var uo=document.getElementById("app");In(i`<${io} />`,uo);po(uo);
