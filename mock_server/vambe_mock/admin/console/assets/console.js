var M,An,zt,me,Lt,rt,Mn,at,Nn,Ft,Ut,oo,Ue=Symbol.for("pv"),st={},it=[],ro=/^m(i|n|o|s|text|space)$/,Wt=Array.isArray,It=it.slice,ve=Object.assign;function ge(e){e&&e.parentNode&&e.remove()}function lt(e,t,n){var a,o,r,s={},l=arguments.length;for(r in t)r=="key"?a=t[r]:r=="ref"&&typeof e!="function"?o=t[r]:s[r]=t[r];return l>2&&(s.children=l>3?It.call(arguments,2):n),Le(e,s,a,o,null)}function Le(e,t,n,a,o){var r={type:e,props:t,key:n,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Ue,__v:o||++An,__i:-1,__u:0};return!o&&M.vnode&&M.vnode(r),r}function _e(e){return e.children}function Oe(e,t){this.props=e,this.context=t,this.__g=0}function he(e,t){if(t==null)return e.__&&he(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:he(e)}function so(e){var t,n=e.__v,a=n.__e,o=[],r=[],s=e.__P;s&&((t=ve({constructor:Ue},n)).__v=n.__v+1,M.vnode&&M.vnode(t),Ht(s,t,n,e.__n,s.namespaceURI,32&n.__u?[a]:null,o,a||he(n),32&n.__u,r),t.__v=n.__v,t.__.__k[t.__i]=t,Un(o,t,r),n.__=n.__e=null,t.__e!=a&&qn(t))}function qn(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),qn(e)}function En(e){(8&e.__g||(e.__g|=8,me.push(e),rt++))&&Lt==M.debounceRendering||((Lt=M.debounceRendering)||queueMicrotask)(Pn)}function Pn(){try{for(var e,t=1;me.length;)me.length>t&&me.sort(Mn),e=me.shift(),t=me.length,8&e.__g&&so(e)}finally{(rt=me.length)&&(Lt||queueMicrotask)(Pn)}}function Dn(e,t,n,a,o,r,s,l,d,p,c){var f,m,u,h,$,g,y=a.__k||it,x=t.length;for(d=io(n,t,y,d,x),f=0;f<x;f++)(u=n.__k[f])!=null&&(m=~u.__i&&y[u.__i]||st,u.__i=f,g=Ht(e,u,m,o,r,s,l,d,p,c),h=u.__e,(m.ref!=u.ref||8&m.__u)&&(m.ref&&Bt(m.ref,null,u,m),u.ref&&c.push(u.ref,u.__c||h,u)),$=$||h,4&u.__u?(d=Rn(u,d,e,!m.__v),m.__e&&(m.__e=null)):typeof u.type=="function"&&g!==void 0?d=g:h&&(d=h.nextSibling),u.__u&=-21);return n.__e=$,d}function io(e,t,n,a,o){var r,s,l,d,p,c,f,m,u,h=n.length,$=h,g=0,y=0,x=e.__k=Array(o);for(r=0;r<o;r++)(s=t[r])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=x[r]=Le(null,s):Wt(s)?s=x[r]=Le(_e,{children:s}):s.constructor===Ue&&s.__b?s=x[r]=Le(s.type,s.props,s.key,s.ref,s.__v):x[r]=s,d=r+g,s.__=e,s.__b=e.__b+1,l=null,~(p=s.__i=lo(s,n,d,$))&&($--,(l=n[p])&&(l.__u|=2)),l&&l.__v?(s.__u|=16,p==d-1?g--:p==d+1?g++:p!=d&&(p>d?g--:g++,y=1)):(~p||(o>h?g--:o<h&&g++),typeof s.type!="function"&&(s.__u|=4))):x[r]=null;if(y){for(c=[],f=[],r=0;r<o;r++)if((s=x[r])&&16&s.__u){for(g=0,m=c.length;g<m;)c[u=g+m>>1]<s.__i?g=u+1:m=u;c[g]=s.__i,f[r]=g+1}for(g=c.length;r--;)f[r]&&(f[r]==g?g--:x[r].__u|=4)}if($)for(r=0;r<h;r++)!(l=n[r])||2&l.__u||(l.__e==a&&(a=he(l)),Vt(l,l));return a}function Rn(e,t,n,a){var o,r,s,l;if(typeof e.type=="function"){if(e.props.__P)return t;if(o=e.__k)for(r=0;r<o.length;r++)o[r]&&(o[r].__=e,t=Rn(o[r],t,n,!1));return t}for(t&&!t.parentNode&&(t=he(e))&&!t.parentNode&&(t=null),s=e.__e,l=t;l&&l.nodeType==8;)l=l.nextSibling;for(s!=l&&(!a&&n.moveBefore&&s.parentNode?n.moveBefore(s,t):n.insertBefore(s,t||null)),t=s;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function lo(e,t,n,a){var o,r=e.key,s=e.type,l=t[n],d=l&&!(2&l.__u);if(l===null&&r==null||d&&r==l.key&&s==l.type)return n;if(a>(d?1:0)){for(o=n-1;o>=0;o--)if((l=t[o])&&!(2&l.__u)&&r==l.key&&s==l.type)return o;for(o=n+1;o<t.length;o++)if((l=t[o])&&!(2&l.__u)&&r==l.key&&s==l.type)return o}return-1}function jn(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function nt(e,t,n,a,o){var r,s;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof a=="string"&&(e.style.cssText=a=""),a)for(t in a)n&&t in n||jn(e.style,t);if(n)for(t in n)a&&n[t]==a[t]||jn(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof a!="function"&&(a=null),(e.__e||(e.__e={}))[t]=n,n&&a||(s=Ut[t]||(Ut[t]=co(t)),(e.__a||(e.__a={}))[t]=Ft,r=t!=(t=t.replace(Nn,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,s,r):e.removeEventListener(t,s,r));else{if(o=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function co(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[at]==null)t[at]=Ft++;else if(t[at]<this.__a[e])return;return n(M.event?M.event(t):t)}}}function Ht(e,t,n,a,o,r,s,l,d,p){var c,f,m,u,h,$,g,y,x,w,E,se,ce,ie,Y,S,O,b,H=t.type;if(t.constructor!==Ue)return null;128&n.__u&&(d=32&n.__u,c=n.__c.__z)&&(t.__u|=d,f=r=[],c.nodeType==8?l=ot(c,r):r.push(c),l=r[0]||l),(c=M.__b)&&c(t);e:if(typeof H=="function"){m=s.length;try{if(y=t.props,x=(c=H.prototype)&&c.render,w=(c=H.contextType)&&a[c.__c],E=c?w?w.props.value:c.__:a,(u=n.__c)?(t.__c=u,2&u.__g&&(u.__g|=1)):(x?t.__c=u=new H(y,E):(t.__c=u=new Oe(y,E),u.constructor=H,u.render=uo),w&&w.sub(u),u.state||(u.state={}),u.__n=a,u.__g|=8,u.__h=[],u.__k=[]),x&&(u.__s||(u.__s=u.state),H.getDerivedStateFromProps&&(u.__s==u.state&&(u.__s=ve({},u.__s)),ve(u.__s,H.getDerivedStateFromProps(y,u.__s)))),h=u.props,$=u.state,u.__v=t,n.__c){if(y!==h&&x&&!H.getDerivedStateFromProps&&u.componentWillReceiveProps&&u.componentWillReceiveProps(y,E),t.__v==n.__v&&!(8&u.__g)||!(4&u.__g)&&u.shouldComponentUpdate&&u.shouldComponentUpdate(y,u.__s,E)===!1){t.__v!=n.__v&&(u.props=y,u.state=u.__s,u.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(V){V&&(V.__=t)}),it.push.apply(u.__h,u.__k),u.__k=[],u.__h.length&&s.push(u),l=he(n);break e}u.componentWillUpdate&&u.componentWillUpdate(y,u.__s,E),x&&u.componentDidUpdate&&u.__h.push(function(){u.componentDidUpdate(h,$,g)})}else x&&!H.getDerivedStateFromProps&&u.componentWillMount&&u.componentWillMount(),x&&u.componentDidMount&&u.__h.push(u.componentDidMount);u.context=E,u.props=y,u.__P=e,u.__g&=-5,se=M.__r,ce=x?25:0;do u.__g&=-9,se&&se(t),c=u.render(u.props,u.state=u.__s,u.context);while(8&u.__g&&++ce<25);x&&(it.push.apply(u.__h,u.__k),u.__k=[]),u.state=u.__s,u.getChildContext&&(a=ve({},a,u.getChildContext())),x&&n.__c&&u.getSnapshotBeforeUpdate&&(g=u.getSnapshotBeforeUpdate(h,$)),ie=c&&c.type===_e&&c.key==null?c.props.children:c,y.__P&&(c=l,o=(e=y.__P).namespaceURI,d=r=null,n.props&&n.props.__P!=e&&(n.__k.some(function(V){V&&Vt(V,V)}),n.__k=null),l=n.__k?he(n,0):null),l=Dn(e,Wt(ie)?ie:[ie],t,n,a,o,r,s,l,d,p),y.__P&&(t.__e=null,l=c),t.__u&=-161,f&&f.some(ge),u.__h.length&&s.push(u),1&u.__g&&(u.__g&=-4)}catch(V){if(s.length=m,t.__v=null,d||r)if(V&&V.then){if(t.__u|=128|d,r){for(~(O=r.indexOf(l||void 0))||(O=r.length);(b=r[O-1])&&b.nodeType==8;)O--;for(;O<r.length;O++)if(b=r[O])if(r[O]=null,Y){if(b==S)break}else{if(b.nodeType!=8)break;b.data.startsWith("$s")&&(S=ot(Y=b))}}if(!Y){for(;l&&l.nodeType==8&&l.nextSibling;)l=l.nextSibling;Y=l}(c=ot(Y=t.__c.__z||(t.__c.__z=Y)))?(t.__e=Y,l=c):t.__e=l,l=l&&l.nextSibling}else r&&r.some(ge);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),V&&V.then||Ln(t),M.__e(V,t,n)}}else l=t.__e=po(n.__e,t,n,a,o,r,s,d,p,e);return(c=M.diffed)&&c(t),l}function ot(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function Ln(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Ln))}function Un(e,t,n){for(var a=0;a<n.length;)Bt(n[a++],n[a++],n[a++]);M.__c&&M.__c(t,e),e.some(function(o){try{e=o.__h,o.__h=[],e.some(function(r){r.call(o)})}catch(r){M.__e(r,o.__v)}})}function po(e,t,n,a,o,r,s,l,d,p){var c,f,m,u,h,$,g,y,x=n.props||st,w=t.props,E=t.type;if(E=="svg"?o="http://www.w3.org/2000/svg":E=="math"?o="http://www.w3.org/1998/Math/MathML":o||(o="http://www.w3.org/1999/xhtml"),r){for(c=0;c<r.length;c++)if((h=r[c])&&(E?h.localName==E:h.nodeType==3)){e=h,r[c]=null;break}}if(!e){if(y=p.ownerDocument||document,!E)return y.createTextNode(w);e=y.createElementNS(o,E,w.is?w:p),l&&(M.__m&&M.__m(t,r),l=!1),r=null}if(E){if(p=E=="template"&&e.content||e,r=E=="textarea"&&w.defaultValue!=null?null:r&&It.call(p.childNodes),!l&&r)for(x={},c=0;c<e.attributes.length;c++)x[(h=e.attributes[c]).name]=h.value;for(c in x)h=x[c],c=="dangerouslySetInnerHTML"?m=h:c=="children"||c in w||c=="value"&&"defaultValue"in w||c=="checked"&&"defaultChecked"in w||nt(e,c,null,h,o);for(c in w)h=w[c],c=="children"?u=h:c=="dangerouslySetInnerHTML"?f=h:c=="value"?$=h:c=="checked"?g=h:l&&typeof h!="function"||x[c]===h||nt(e,c,h,x[c],o);f?(l||m&&(f.__html==m.__html||f.__html==e.innerHTML)||(e.innerHTML=f.__html),t.__k=[]):(m&&(e.textContent=""),(E=="foreignObject"||o=="http://www.w3.org/1998/Math/MathML"&&ro.test(E))&&(o="http://www.w3.org/1999/xhtml"),Dn(p,Wt(u)?u:[u],t,n,a,o,r,s,r?r[0]:n.__k&&he(n,0),l,d),r&&r.some(ge)),l&&E!="textarea"||(c="value",E=="progress"&&$==null?e.removeAttribute(c):$==null||$===e[c]&&(E!="progress"||$)||nt(e,c,$,x[c],o),c="checked",g!=null&&g!=e[c]&&nt(e,c,g,x[c],o))}else x===w||l&&e.data==w||(e.data=w);return e}function Bt(e,t,n,a){try{typeof e=="function"?t?t.__x=e(t)||1:a&&(a=a.__c||a.__e)&&(t=a.__x)&&(a.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(o){M.__e(o,n)}}function Vt(e,t,n){var a,o,r,s;if(M.unmount&&M.unmount(e),!(a=e.ref)||a.current&&a.current!=e.__e||Bt(a,null,t,e),a=e.__c){if(a.componentWillUnmount)try{a.componentWillUnmount()}catch(l){M.__e(l,t)}a.__P=a.__n=null}if(a=e.__k)for(s=0;s<a.length;s++)a[s]&&Vt(a[s],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(a=e.__c)&&(a=a.__z)&&(o=ot(a,r=[]))&&(a==e.__e&&r.some(ge),ge(o),ge(a)),n||ge(e.__e),e.__e=e.__c=e.__=null}function uo(e,t,n){return this.constructor(e,n)}function zn(e,t){var n,a,o,r;M.__&&M.__(e,t),t.nodeType==9&&(t=t.documentElement),a=(n=e&&32&e.__u)?null:t.__k,t.__k=Le(_e,{children:[e]}),o=[],r=[],Ht(t,t.__k,a||st,st,t.namespaceURI,a?null:t.firstChild?It.call(t.childNodes):null,o,a?a.__e:t.firstChild,n,r),Un(o,t.__k,r),t.__k.props.children=null}M={__e:function(e,t,n,a){for(var o,r,s;t=t.__;)if((o=t.__c)&&!(1&o.__g)){o.__g|=4;try{if((s=(r=o.constructor)&&r.getDerivedStateFromError)&&o.setState(r.getDerivedStateFromError(e)),o.componentDidCatch&&(o.componentDidCatch(e,a||{}),s=1),s&&8&o.__g)return void(o.__g|=2)}catch(l){e=l}}throw rt=0,e}},An=0,zt=function(e){return e!=null&&e.constructor===Ue},Oe.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=ve({},this.state)),typeof e=="function"&&(e=e(ve({},n),this.props)),e&&(ve(n,e),this.__v&&(t&&this.__k.push(t),En(this)))},Oe.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),En(this))},Oe.prototype.render=_e,me=[],rt=0,Mn=function(e,t){return e.__v.__b-t.__v.__b},at=Symbol(),Nn=/(PointerCapture)$|Capture$/i,Ft=0,Ut={},oo=0;var be,W,Gt,Fn,Jt=Object.is,Fe=0,Yn=[],Kt=[],F=M,Wn=F.__b,In=F.__r,Hn=F.diffed,Bn=F.__c,Vn=F.unmount,Gn=F.__;function We(e,t){F.__h&&F.__h(W,e,Fe||t),Fe=0;var n=W.__H||(W.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function v(e){return Fe=1,fo(Qn,e)}function fo(e,t,n){var a=We(be++,2);if(a.t=e,!a.__c&&(a.__=[n?n(t):Qn(void 0,t),function(r){var s=(a.__N||a.__)[0],l=a.t(s,r);Jt(s,l)||(a.__N=[l,a.__[1]],a.__c.setState({}))}],a.__c=W,!W.__f)){W.__f=!0;var o=W.shouldComponentUpdate;W.shouldComponentUpdate=function(r,s,l){var d=this.__H;if(!d)return!0;var p=!1,c=this.props!=r;if(d.__.some(function(m){m.__N&&(p=!0,Jt(m.__[0],m.__N[0])||(c=!0))}),o){var f=o.call(this,r,s,l);return p?f||c:f}return!p||c}}return a.__}function R(e,t){var n=We(be++,3);!F.__s&&Zt(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,W.__H.__h.push(n))}function Ie(e,t){var n=We(be++,4);!F.__s&&Zt(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,W.__h.push(n))}function ee(e){return Fe=5,de(function(){return{current:e}},[])}function de(e,t){var n=We(be++,7);return Zt(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function Zn(e,t){return Fe=8,de(function(){return e},t)}function He(){var e=We(be++,11);if(!e.__){for(var t=W.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function mo(){var e;do{for(;e=Kt.shift();)try{ze(e)}catch(n){F.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=Yn.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(ze),t.__h.some(Yt),t.__h=[]}catch(n){t.__h=[],F.__e(n,e.__v)}}}while(Kt.length)}F.__b=function(e){W=null,Wn&&Wn(e)},F.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),Gn&&Gn(e,t)},F.__r=function(e){In&&In(e),be=0;var t=(W=e.__c).__H;t&&(Gt==W?W.__h=[]:(t.__h.some(ze),t.__h.some(Yt),be=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),Gt=W},F.diffed=function(e){Hn&&Hn(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&Kn(Yn.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),Gt=W=null},F.__c=function(e,t){t.some(function(n){try{n.__h.some(ze),n.__h=n.__h.filter(function(a){return!a.__||Yt(a)})}catch(a){n.__h=[function(){throw a}]}}),Bn&&Bn(e,t)},F.unmount=function(e){Vn&&Vn(e);var t,n,a=e.__c;a&&a.__H&&(a.__H.__.some(function(o){try{if(o.__P&&o.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}o.__P=n,Kn(Kt.push(o))}else ze(o)}catch(r){t=r}}),a.__H=void 0,t&&F.__e(t,a.__v))};var Jn=typeof requestAnimationFrame=="function";function ho(e){var t,n=function(){clearTimeout(a),Jn&&cancelAnimationFrame(t),setTimeout(e)},a=setTimeout(n,35);Jn&&(t=requestAnimationFrame(n))}function Kn(e){e!=1&&Fn==F.requestAnimationFrame||((Fn=F.requestAnimationFrame)||ho)(mo)}function ze(e){var t=W,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),W=t}function Yt(e){var t=W;e.__c=e.__(),W=t}function Zt(e,t){return!e||e.length!=t.length||t.some(function(n,a){return!Jt(n,e[a])})}function Qn(e,t){return typeof t=="function"?t(e):t}var $o=Symbol.for("preact-signals");function ut(){if(ue>1)ue--;else{var e,t=!1;for((function(){var o=dt;for(dt=void 0;o!==void 0;){var r=o.S;if(r.v===o.v)for(var s=r.t;s!==void 0;s=s.x)s.i===o.i&&(s.i=r.i);o=o.o}})();Ve!==void 0;){var n=Ve;for(Ve=void 0,ct++;n!==void 0;){var a=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&ea(n))try{n.c()}catch(o){t||(e=o,t=!0)}n=a}}if(ct=0,ue--,t)throw e}}function Xt(e){if(ue>0)return e();Qt=++go,ue++;try{return e()}finally{ut()}}var Be,L=void 0;function Ge(e){var t=L,n=Be;L=void 0,Be=void 0;try{return e()}finally{L=t,Be=n}}var Ve=void 0,ue=0,ct=0,go=0,Qt=0,dt=void 0,pt=0;function Xn(e){if(L!==void 0){var t=e.n;if(t===void 0||t.t!==L)return t={i:0,S:e,p:L.s,n:void 0,t:L,e:void 0,x:void 0,r:t},L.s!==void 0&&(L.s.n=t),L.s=t,e.n=t,32&L.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=L.s,t.n=void 0,L.s.n=t,L.s=t),t}}function B(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}B.prototype.brand=$o;B.prototype.h=function(){return!0};B.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Ge(function(){var a;(a=t.W)==null||a.call(t)}))};B.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,a=e.x;n!==void 0&&(n.x=a,e.e=void 0),a!==void 0&&(a.e=n,e.x=void 0),e===this.t&&(this.t=a,a===void 0&&Ge(function(){var o;(o=t.Z)==null||o.call(t)}))}};B.prototype.subscribe=function(e){var t=this;return X(function(){var n=t.value;Ge(function(){return e(n)})},{name:"sub"})};B.prototype.valueOf=function(){return this.value};B.prototype.toString=function(){return this.value+""};B.prototype.toJSON=function(){return this.value};B.prototype.peek=function(){var e=this;return Ge(function(){return e.value})};Object.defineProperty(B.prototype,"value",{get:function(){var e=Xn(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(ct>100)throw new Error("Cycle detected");(function(n){ue!==0&&ct===0&&n.l!==Qt&&(n.l=Qt,dt={S:n,v:n.v,i:n.i,o:dt})})(this),this.v=e,this.i++,pt++,ue++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{ut()}}}});function q(e,t){return new B(e,t)}function ea(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function ta(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function na(e){for(var t=e.s,n=void 0;t!==void 0;){var a=t.p;t.i===-1?(t.S.U(t),a!==void 0&&(a.n=t.n),t.n!==void 0&&(t.n.p=a)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=a}e.s=n}function ye(e,t){B.call(this,void 0,t),this.x=e,this.s=void 0,this.g=pt-1,this.f=4}ye.prototype=new B;ye.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===pt))return!0;if(this.g=pt,this.f|=1,this.i>0&&!ea(this))return this.f&=-2,!0;var e=L;try{ta(this),L=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return L=e,na(this),this.f&=-2,!0};ye.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}B.prototype.S.call(this,e)};ye.prototype.U=function(e){if(this.t!==void 0&&(B.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};ye.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(ye.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=Xn(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function Ee(e,t){return new ye(e,t)}function aa(e){var t=e.j;if(e.j=void 0,typeof t=="function"){ue++;var n=L;L=void 0;try{t()}catch(a){throw e.f&=-2,e.f|=8,en(e),a}finally{L=n,ut()}}}function en(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,aa(e)}function vo(e){if(L!==this)throw new Error("Out-of-order effect");na(this),L=e,this.f&=-2;try{8&this.f&&en(this)}finally{ut()}}function je(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,Be&&Be.push(this)}je.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};je.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,aa(this),ta(this),ue++;var e=L;return L=this,vo.bind(this,e)};je.prototype.N=function(){2&this.f||(this.f|=2,this.u=Ve,Ve=this)};je.prototype.d=function(){this.f|=8,1&this.f||en(this)};je.prototype.dispose=function(){this.d()};function X(e,t){var n=new je(e,t);try{n.c()}catch(o){throw n.d(),o}var a=n.d.bind(n);return a[Symbol.dispose]=a,a}var oa,mt,ft,_o=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var ra=[];X(function(){oa=this.N})();function Ae(e,t){M[e]=t.bind(null,M[e]||function(){})}function Je(e){if(ft){var t=ft;ft=void 0,t()}ft=e&&e.S()}function sa(e){var t=this,n=e.data,a=yo(n);a.name="ReactiveDom",a.value=n;var o=de(function(){for(var l=t,d=t.__v;d=d.__;)if(d.__c){d.__c.__$f|=4;break}var p=Ee(function(){var u=a.value.value;return u===0?0:u===!0?"":u||""}),c=Ee(function(){return!Array.isArray(p.value)&&!zt(p.value)}),f=X(function(){if(this.N=ia,c.value){var u=p.value;l.__v&&l.__v.__e&&l.__v.__e.nodeType===3&&(l.__v.__e.data=u)}}),m=t.__$u.d;return t.__$u.d=function(){f(),m.call(this)},[c,p]},[]),r=o[0],s=o[1];return r.value?s.peek():s.value}sa.displayName="ReactiveTextNode";Object.defineProperties(B.prototype,{constructor:{configurable:!0,value:lt(_e,null).constructor},type:{configurable:!0,value:sa},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});Ae("__b",function(e,t){if(Je(),mt=void 0,typeof t.type=="string"){var n,a=t.props;for(var o in a)if(o!=="children"){var r=a[o];r instanceof B&&(n||(t.__np=n={}),n[o]=r,a[o]=r.peek())}}e(t)});Ae("__r",function(e,t){if(e(t),t.type!==_e){Je();var n,a=t.__c;a&&(a.__$f&=-2,(n=a.__$u)===void 0&&(a.__$u=n=(function(o,r){var s;return X(function(){s=this},{name:r}),s.c=o,s})((function(o){return function(){var r;_o&&((r=this.y)==null||r.call(this)),o.__$f|=1,o.setState({})}})(a),typeof t.type=="function"?t.type.displayName||t.type.name:""))),mt=a,Je(n)}});Ae("__e",function(e,t,n,a){Je(),mt=void 0,e(t,n,a)});Ae("diffed",function(e,t){Je(),mt=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var a=t.__np,o=t.props,r=n.U;if(r)for(var s in r){var l=r[s];l===void 0||a&&s in a||(l.d(),r[s]=void 0)}if(a){r||(r={},n.U=r);for(var d in a){var p=r[d],c=a[d];p===void 0?(p=bo(n,d,c,o),r[d]=p):p.o(c,o)}}}e(t)});function bo(e,t,n,a){var o=t in e&&e.ownerSVGElement===void 0,r=q(n);return{o:function(s,l){r.value=s,a=l},d:X(function(){this.N=ia;var s=r.value.value;a[t]!==s&&(a[t]=s,o?e[t]=s:s!=null&&(s!==!1||t[4]==="-")?e.setAttribute(t,s):e.removeAttribute(t))})}}Ae("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var a=n.U;if(a){n.U=void 0;for(var o in a){var r=a[o];r&&r.d()}}}var s=t.__np;if(s){var l=t.props;for(var d in s)l[d]=s[d]}t.__np=void 0}else{var p=t.__c;if(p){p.__$f|=8;var c=p.__$u;c&&(p.__$u=void 0,c.d())}}e(t)});Ae("__h",function(e,t,n,a){a<3&&(t.__$f|=2),e(t,n,a)});Oe.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,a=n&&n.s!==void 0;for(var o in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var r=2&this.__$f;if(!(a||r||4&this.__$f)||1&this.__$f)return!0}else if(!(a||4&this.__$f)||3&this.__$f)return!0;for(var s in e)if(s!=="__source"&&e[s]!==this.props[s])return!0;for(var l in this.props)if(!(l in e))return!0;return!1};function yo(e,t){return de(function(){return q(e,t)},[])}var wo=function(e){queueMicrotask(function(){queueMicrotask(e)})};function ko(){Xt(function(){for(var e;e=ra.shift();)oa.call(e)})}function ia(){ra.push(this)===1&&(M.requestAnimationFrame||wo)(ko)}var tn=document.documentElement.dataset,ht=tn.base,la=tn.version,nn=`${ht}/__admin`,ca=`${ht}/api/public/contacts`,pe=q(""),fe=q(tn.token==="needed"),an=q(!1),Z=q(""),Ke=class extends Error{constructor(t,n,a=[]){super(n),this.status=t,this.errors=a}};function xo(e,t){let n=Object.entries(t??{}).flatMap(([o,r])=>[r].flat().filter(s=>s!=null&&s!=="").map(s=>[o,s])),a=new URLSearchParams(n).toString();return a?`${e}?${a}`:e}function on(){return{...pe.value&&{authorization:`Bearer ${pe.value}`},...Z.value&&{"x-api-key":Z.value}}}function rn(e){pe.value===e&&(an.value=e!=="",pe.value="",fe.value=!0)}function So(){return new Promise(e=>{let t=X(()=>{fe.value||(e(),queueMicrotask(()=>t()))})})}async function $t(e,t,{query:n,body:a,raw:o,signal:r}={}){await So();let s=pe.value,l={method:e,headers:{...on(),...(a!==void 0||o)&&{"content-type":"application/json"}},body:o??(a===void 0?void 0:JSON.stringify(a)),signal:r,cache:"no-store"},d;try{d=await fetch(nn+xo(t,n),l)}catch(p){throw p.name==="AbortError"?p:new Ke(0,"the server does not answer; is it still running?")}if(d.status===401)return rn(s),$t(e,t,{query:n,body:a,raw:o,signal:r});if(!d.ok)throw await Co(d);return d}var we=async(e,t,n)=>(await $t(e,t,n)).json(),j=(e,t,n)=>we("GET",e,{query:t,signal:n}),Q=(e,t={},n)=>we("POST",e,{body:t,query:n}),gt=(e,t={},n)=>we("PUT",e,{body:t,query:n}),sn=(e,t={})=>we("PATCH",e,{body:t}),G=(e,t)=>we("DELETE",e,{query:t});async function Co(e){try{let t=await e.json(),n=t.errors??[],a=n.map(o=>`${o.where}: ${o.message}`);return new Ke(e.status,[t.detail??t.title,...a].join("; "),n)}catch{return new Ke(e.status,`the server answered with ${e.status}`)}}var pa=function(e,t,n,a){var o;t[0]=0;for(var r=1;r<t.length;r++){var s=t[r++],l=t[r]?(t[0]|=s?1:2,n[t[r++]]):t[++r];s===3?a[0]=l:s===4?a[1]=Object.assign(a[1]||{},l):s===5?(a[1]=a[1]||{})[t[++r]]=l:s===6?a[1][t[++r]]+=l+"":s?(o=e.apply(l,pa(e,l,n,["",null])),a.push(o),l[0]?t[0]|=2:(t[r-2]=0,t[r]=o)):a.push(l)}return a},da=new Map;function ua(e){var t=da.get(this);return t||(t=new Map,da.set(this,t)),(t=pa(this,t.get(e)||(t.set(e,t=(function(n){for(var a,o,r=1,s="",l="",d=[0],p=function(m){r===1&&(m||(s=s.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?d.push(0,m,s):r===3&&(m||s)?(d.push(3,m,s),r=2):r===2&&s==="..."&&m?d.push(4,m,0):r===2&&s&&!m?d.push(5,0,!0,s):r>=5&&((s||!m&&r===5)&&(d.push(r,0,s,o),r=6),m&&(d.push(r,m,0,o),r=6)),s=""},c=0;c<n.length;c++){c&&(r===1&&p(),p(c));for(var f=0;f<n[c].length;f++)a=n[c][f],r===1?a==="<"?(p(),d=[d],r=3):s+=a:r===4?s==="--"&&a===">"?(r=1,s=""):s=a+s[0]:l?a===l?l="":s+=a:a==='"'||a==="'"?l=a:a===">"?(p(),r=1):r&&(a==="="?(r=5,o=s,s=""):a==="/"&&(r<5||n[c][f+1]===">")?(p(),r===3&&(d=d[0]),r=d,(d=d[0]).push(2,0,r),r=0):a===" "||a==="	"||a===`
`||a==="\r"?(p(),r=2):s+=a),r===3&&s==="!--"&&(r=4,d=d[0])}return p(),d})(e)),t),arguments,[])).length>1?t:t[0]}var i=ua.bind(lt);var To=new Intl.NumberFormat("en"),C=e=>To.format(e),T=(e,t,n=`${t}s`)=>`${C(e)} ${e===1?t:n}`,U=e=>e?e.replace("T"," ").replace(/\.\d+Z?$|Z$/,""):"—",ln=e=>e.slice(11,23);var vt=e=>e<10?`${e.toFixed(1)} ms`:`${C(Math.round(e))} ms`,Me=(e,t=60)=>e.length>t?`${e.slice(0,t-1)}…`:e,_t=e=>`'${e.replaceAll("'","'\\''")}'`;var Oo=1e3,Ne=q("connecting"),qe=q([]),bt=q(0),cn=q(0),Ye=q(""),dn=q(0),Pe=q(0);function pn(){qe.value=[],bt.value=0}function Eo(e,t){let n=[];for(let a of e){for(;t.length&&t[0].at<a.at;)n.push(t.shift());n.push(a)}return[...n,...t]}function jo(e,t){if(e==="requests"){let n=JSON.parse(t),a=Eo(n.requests.map(o=>({...o,id:`r${o.number}`,stranger:!1})),n.strangers.map(o=>({...o,id:`s${o.number}`,stranger:!0}))).reverse();a.length&&(qe.value=[...a,...qe.value].slice(0,Oo)),bt.value+=n.left_out,cn.value=n.total,Ye.value=n.organisation,dn.value+=1}else e==="changed"&&(Pe.value+=1)}async function Ao(e){let t=pe.value,n=await fetch(`${nn}/requests/stream`,{headers:on(),signal:e,cache:"no-store"});if(n.status===401&&rn(t),!n.ok)throw new Error(`status ${n.status}`);pn(),Ne.value="live",Pe.value+=1;let a=n.body.pipeThrough(new TextDecoderStream).getReader(),o="";for(;;){let{value:r,done:s}=await a.read();if(s)return;let l=(o+r).split(`

`);o=l.pop();for(let d of l){let p=Object.fromEntries(d.split(`
`).map(c=>[c.split(":",1)[0],c.slice(c.indexOf(":")+2)]));p.event&&jo(p.event,p.data)}}}var fa;function Mo(e){return new Promise(t=>{fa=setTimeout(t,e)})}async function No(e){let t=500;for(;!e.aborted;){Ne.value="connecting";try{await Ao(e),t=500}catch{}if(e.aborted)return;Ne.value="lost",await Mo(t),t=Math.min(t*2,1e4)}}function ma(){return X(()=>{if(Z.value,pe.value,fe.value)return;let e=new AbortController;return queueMicrotask(()=>No(e.signal)),()=>{e.abort(),clearTimeout(fa)}})}function D(e,t=[],{on:n=["changes"],every:a=500}={}){let[o,r]=v({data:void 0,problem:null,loading:!0}),s=ee(e);s.current=e;let l=ee(null),d=ee(0),p=Zn(async()=>{l.current?.abort();let c=new AbortController;l.current=c;let f=performance.now();try{let m=await s.current(c.signal);d.current=performance.now()-f,c.signal.aborted||r({data:m,problem:null,loading:!1})}catch(m){c.signal.aborted||r(u=>({...u,problem:m,loading:!1}))}},[]);return R(()=>(r(c=>({...c,loading:!0})),p(),()=>l.current?.abort()),t),R(()=>{let c=null,f=0,m=!0,u=!1,h=!1,$=()=>{if(u=!0,c!==null||h)return;let y=Math.max(a,Math.min(4*d.current,3e3));c=setTimeout(async()=>{u=!1,await p(),f=performance.now(),c=null,u&&$()},Math.max(0,f+y-performance.now()))},g=X(()=>{Z.value;for(let y of n)({arrivals:dn,changes:Pe})[y].value;m?m=!1:$()});return()=>{h=!0,g(),clearTimeout(c)}},[]),{...o,reload:p}}function P(e){let[t,n]=v(!1),[a,o]=v(null);return[async(...s)=>{n(!0),o(null);try{return await e(...s)}catch(l){o(l);return}finally{n(!1)}},t,a,()=>o(null)]}var wt=q(""),$a;function N(e){wt.value=e,clearTimeout($a),$a=setTimeout(()=>{wt.value=""},6e3)}var yt=matchMedia("(min-width: 50rem)");function kt(){let[e,t]=v(!yt.matches);return R(()=>{let n=()=>t(!yt.matches);return yt.addEventListener("change",n),()=>yt.removeEventListener("change",n)},[]),e}function J({title:e,about:t,actions:n,children:a}){return i`<section class="page" aria-labelledby="title">
    <header class="page-head">
      <div><h1 id="title" tabindex="-1">${e}</h1>${t&&i`<p class="dim">${t}</p>`}</div>
      ${n&&i`<div class="actions">${n}</div>`}
    </header>
    ${a}
  </section>`}function I({title:e,actions:t,children:n,...a}){let o=He();return i`<section class="panel" aria-labelledby=${o} ...${a}>
    <header><h2 id=${o}>${e}</h2>${t&&i`<div class="actions">${t}</div>`}</header>
    ${n}
  </section>`}var k=({kind:e="plain",children:t,...n})=>i`<button type="button" class=${`button ${e}`} ...${n}>${t}</button>`,A=({problem:e})=>e&&i`<p class="problem" role="alert">${e.message}</p>`,K=({children:e})=>i`<p class="empty">${e}</p>`;function _({label:e,as:t="input",value:n,on:a,hint:o,kind:r="",children:s,...l}){let d=He(),p=t;return i`<div class=${`field ${r}`}>
    <label for=${d}>${e}</label>
    <${p} id=${d} value=${n} onInput=${c=>a?.(c.target.value)}
      aria-describedby=${o?`${d}-hint`:void 0} ...${l}>${s}</${p}>
    ${o&&i`<small id=${`${d}-hint`} class="dim">${o}</small>`}
  </div>`}var te=({label:e,checked:t,on:n,...a})=>i`<label class="switch"><input type="checkbox" role="switch" checked=${t}
    onChange=${o=>n(o.target.checked)} ...${a} /><span>${e}</span></label>`,z=({kind:e="",children:t,...n})=>i`<span class=${`chip ${e}`} ...${n}>${t}</span>`,Ze=({status:e})=>i`<span class=${`status s${String(e)[0]}`}>${e===0?"none":e}</span>`;async function qo(e,t){if(navigator.clipboard)return navigator.clipboard.writeText(e);let n=document.createElement("textarea");n.value=e,t.parentElement.append(n),n.select(),document.execCommand("copy"),n.remove(),t.focus()}var un=({text:e,label:t="Copy"})=>i`<${k} onClick=${async n=>{try{await qo(e,n.currentTarget),N("Copied.")}catch{N("The browser does not let the page copy; select the text instead.")}}}>${t}<//>`,De=({text:e,label:t})=>i`<div class="code"><pre tabindex="0" aria-label=${t}>${e}</pre><${un} text=${e} /></div>`;function $e({steps:e,all:t,wide:n=!1}){if(!e.length)return null;let a=[...t===void 0?[]:[{name:"all",left:t}],...e],o=Math.max(1,a[0].left);return i`<span class=${n?"steps wide":"steps"} role="img"
    aria-label=${a.map(r=>`${r.name}: ${r.left}`).join(", ")}>
    ${a.map(r=>i`<span class="step" key=${r.name} title=${`${r.name}: ${C(r.left)}`}>
      <span class="bar"><span style=${{width:`${100*r.left/o}%`}} /></span>
      <span class="left">${n&&i`<span class="dim">${r.name} </span>`}${C(r.left)}</span>
    </span>`)}
  </span>`}var fn=()=>i`<div class="said" role="status" aria-live="polite">${wt.value}</div>`;function ke({title:e,onClose:t,children:n,kind:a=""}){let o=ee(null),r=He();return Ie(()=>{let s=o.current;return s.showModal(),()=>s.close()},[]),i`<dialog ref=${o} class=${`dialog ${a}`} aria-labelledby=${r}
    onCancel=${s=>{s.preventDefault(),t?.()}}
    onClick=${s=>s.target===o.current&&t?.()}>
    <div class="dialog-body">
      <header><h2 id=${r}>${e}</h2>
        ${t&&i`<${k} kind="ghost" aria-label="Close" onClick=${t}>✕<//>`}</header>
      ${n}
    </div>
    <${fn} />
  </dialog>`}var Po=8e6,ga=5;function xt({label:e,columns:t,count:n,row:a,height:o=40,onOpen:r,onRange:s,rowClass:l,rowKey:d,wide:p}){let c=ee(null),[{first:f,last:m,shift:u},h]=v({first:0,last:30,shift:0}),[$,g]=v(0),y=Math.min(n*o,Po),x=()=>{let S=c.current,O=S.scrollHeight-S.clientHeight;return O>0?(O+n*o-y)/O:1},w=()=>{let S=c.current;if(!S)return;let O=S.scrollTop*x(),b=Math.floor(O/o),H={first:Math.max(0,b-ga),last:Math.min(n,b+Math.ceil(S.clientHeight/o)+ga),shift:S.scrollTop-O};h(V=>Object.keys(H).every(Re=>V[Re]===H[Re])?V:H)};Ie(w,[n,o]),R(()=>{let S=new ResizeObserver(w);return S.observe(c.current),()=>S.disconnect()},[n,o]),R(()=>s?.(f,m),[f,m,n]);let E=S=>{let O=Math.max(0,Math.min(n-1,S));g(O);let b=c.current,H=x(),V=b.clientHeight-2*o,Re=b.scrollTop*H;O*o<Re?b.scrollTop=O*o/H:O*o>Re+V&&(b.scrollTop=Math.ceil((O*o-V)/H))},se=S=>{let O={ArrowDown:1,ArrowUp:-1,PageDown:10,PageUp:-10,Home:-n,End:n};S.key in O?(S.preventDefault(),E($+O[S.key])):S.key==="Enter"&&a($)&&(S.preventDefault(),r?.(a($)))},ce=t.map(S=>S.width??"minmax(8rem, 1fr)").join(" "),ie=[];for(let S=f;S<Math.min(m,n);S+=1)ie.push(S);let Y=He();return i`<div class=${p?"table sideways":"table"} role="grid" aria-label=${e} aria-rowcount=${n+1} tabindex="0" ref=${c}
    onScroll=${w} onKeyDown=${se} aria-activedescendant=${n?`${Y}-${$}`:void 0}>
    <div class="tr th" role="row" aria-rowindex="1" style=${{gridTemplateColumns:ce}}>
      ${t.map(S=>i`<span role="columnheader" key=${S.name}>${S.title}</span>`)}
    </div>
    <div class="rows" role="presentation" style=${{height:`${y}px`}}>
      <div role="presentation" style=${{transform:`translateY(${f*o+u}px)`}}>
        ${ie.map(S=>{let O=a(S);return i`<div class=${`tr ${O&&l?l(O):""} ${S===$?"active":""}`} role="row"
            id=${`${Y}-${S}`} key=${O?d(O):S} aria-rowindex=${S+2}
            style=${{gridTemplateColumns:ce,height:`${o}px`}}
            onClick=${()=>{g(S),O&&r?.(O)}}>
            ${t.map(b=>i`<span role="gridcell" key=${b.name}>${O?b.cell(O):"…"}</span>`)}
          </div>`})}
      </div>
    </div>
  </div>`}var va=q(location.hash);addEventListener("hashchange",()=>{va.value=location.hash});var St=Ee(()=>{let[e,t=""]=va.value.replace(/^#\/?/,"").split("?",2),[n,...a]=e.split("/").map(decodeURIComponent);return{view:n||"requests",parts:a,query:new URLSearchParams(t)}}),le=(e,...t)=>`#/${[e,...t].map(encodeURIComponent).join("/")}`;var xe=365,_a=[1,7,30,90,180,365],hn=864e5,Do=[{name:"minute",on:{minutes:1},back:{minutes:-1},milliseconds:6e4},{name:"hour",on:{hours:1},back:{hours:-1},milliseconds:36e5},{name:"day",on:{days:1},back:{days:-1},milliseconds:hn},{name:"month",month:!0}];function ba(e,t){let n=new Date(e),a=new Date(e);a.setUTCDate(1),a.setUTCMonth(n.getUTCMonth()+t);let o=new Date(Date.UTC(a.getUTCFullYear(),a.getUTCMonth()+1,0)).getUTCDate();return a.setUTCDate(Math.min(n.getUTCDate(),o)),a-n}function Ro(e){let t=ee({now:0,at:0}),[,n]=v(0);return e&&t.current.data!==e&&(t.current={data:e,now:Date.parse(e.now),at:performance.now()}),R(()=>{if(!e||e.frozen)return;let a=setInterval(()=>n(o=>o+1),1e3);return()=>clearInterval(a)},[e]),t.current.now+(e?.frozen?0:performance.now()-t.current.at)}var Qe=e=>100*Math.sqrt(Math.min(e,xe)/xe);function mn(e,t,n,a){let o=[];for(let r=Math.max(1,t+1);r<=Math.min(xe,n);r+=1){let s=e[r-1];if(!s)continue;let[l,d]=[1e3-10*Qe(r),1e3-10*Qe(r-1)],p=Math.max(2.5,100*s/a);o.push(`M${l.toFixed(2)} 100V${(100-p).toFixed(2)}H${d.toFixed(2)}V100Z`)}return o.join("")}function Lo({data:e,window:t,choose:n,ahead:a}){let o=[...new Set([..._a,t])].sort((p,c)=>p-c),r=e.listed.map((p,c)=>p-(e.listed[c-1]??0)),s=Math.max(1,...r),l=Math.max(0,t-a),d=_a.map(p=>`${C(e.listed[p-1])} within ${T(p,"day")}`).join(", ");return i`<div class="timeline-days" role="group" aria-label="Windows on a time line, now at the right">
    ${o.map(p=>{let c=Qe(p),f=c>70;return i`<button type="button" class="lane" key=${p} aria-pressed=${String(p===t)} onClick=${()=>n(p)}>
        <span class="reach" style=${{width:`${c}%`}}></span>
        <span class=${f?"told inside":"told"} style=${f?{left:`${100-c}%`}:{right:`${c}%`}}>
          days=${p} · ${C(e.listed[p-1])}</span>
      </button>`})}
    <svg class="days-chart" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img"
      aria-label=${`The contacts by the day of their last message: ${d}; the most on one day: ${C(s)}`}>
      <path class="out" d=${mn(r,t,xe,s)} />
      <path class="next" d=${mn(r,l,t,s)} />
      <path class="in" d=${mn(r,0,l,s)} />
    </svg>
    <span class="edge" style=${{right:`${Qe(t)}%`}}></span>
    <div class="days-axis" aria-hidden="true">
      <span style=${{right:0}}>now</span>
      ${[1,7,30,90,180].map(p=>i`<span key=${p} class=${p===1?"wide-only":""} style=${{right:`${Qe(p)}%`}}>−${p} d</span>`)}
      <span>−365 d</span>
    </div>
  </div>`}function Uo({data:e,window:t,choose:n,now:a,step:o,ahead:r}){let[s,l,d]=P(o),p=m=>e.listed[t-1]-(e.listed[t-m-1]??0),c=m=>{let u=e.leaving.filter(h=>Date.parse(h.leaves_at)<=a+m).length;return u<10?C(u):"10 or more"},f=Math.round(ba(a,1)/hn);return i`
    <${I} title="Windows">
      <div class="window-choice">
        <${_} label="Window" type="range" min="1" max=${xe} value=${t} aria-valuetext=${T(t,"day")} on=${m=>n(Number(m))} />
        <${_} label="days" type="number" min="1" max=${xe} value=${t}
          on=${m=>Number(m)>=1&&Number(m)<=xe&&n(Math.round(Number(m)))} />
      </div>
      <${Lo} data=${e} window=${t} choose=${n} ahead=${r} />
      <div class="key">
        <span><i class="in"></i>listed by days=${t}</span>
        <span><i class="next"></i>leaves it ${r===1?"within a day":"within a month"}</span>
        <span><i class="out"></i>not listed</span>
      </div>
      <p>When the clock goes on, <strong>${c(6e4)}</strong> leave days=${t} within a minute,
        <strong> ${c(36e5)}</strong> within an hour, <strong>${C(p(1))}</strong> within a day,
        <strong> ${C(p(Math.min(f,t)))}</strong> within a month.
        <span class="dim"> ${[e.older&&`${T(e.older,"contact")} with an older last message`,e.without&&`${T(e.without,"contact")} without any`,e.later&&`${C(e.later)} with a later one than now`].filter(Boolean).join(", ")}</span></p>
    <//>
    <${I} title=${`Who leaves days=${t} next`}>
      <${A} problem=${d} />
      ${e.leaving.length===0?i`<${K}>Nobody is in this window.<//>`:i`<div class="scroll" tabindex="0" role="group" aria-label="Who leaves next"><table class="plain-table">
          <thead><tr><th>contact</th><th class="wide-only">last message</th><th>leaves at</th><th><span class="sr">Go there</span></th></tr></thead>
          <tbody>${e.leaving.map(m=>i`<tr key=${m.id}>
            <td>${Me(m.name||m.id,40)}</td><td class="mono wide-only">${U(m.last_message_at)}</td>
            <td class="mono">${U(m.leaves_at)}</td>
            <td><${k} disabled=${l} aria-label=${`Go there: when ${m.name||m.id} leaves`}
              onClick=${()=>s("/clock/set",()=>({at:m.leaves_at}))}>Go there<//></td>
          </tr>`)}</tbody>
        </table></div>`}
    <//>`}function ya(){let[e,t]=v(30),[n,a]=v(1),[o,r]=v(""),[s,l]=v(""),{data:d,problem:p,reload:c}=D(w=>j("/clock/windows",{window:e},w),[e]),f=Ro(d);R(()=>{if(!d||d.frozen)return;let w=setInterval(c,2e4);return()=>clearInterval(w)},[d?.frozen]);let m=async(w,E)=>{let se=d.listed[e-1],ce=await Q(w,E(f));l(ce.warning??"");let ie=await j("/clock/windows",{window:e});await c();let Y=se-ie.listed[e-1],S=Y===0?"the same contacts":Y>0?`${C(Y)} fewer contacts`:`${C(-Y)} more contacts`;N(`${U(ce.now)}. days=${e} lists ${S}.`)},[u,h,$]=P(m),g=()=>{if(!o)throw new Error("wanted a date and a time, e.g. 2026-01-31 09:30:00");return{at:`${o.length===16?`${o}:00`:o}Z`.replace(/\.\d+Z$/,"Z")}},y=(w,E)=>se=>w.month?{days:ba(se,E)/hn}:E>0?w.on:w.back;if(!d)return i`<${J} title="Clock">${p?i`<${A} problem=${p} />`:i`<${K}>Loading …<//>`}<//>`;let x=new Date(f).toISOString();return i`<${J} title="Clock" about="The time of the mock: its instants and its windows go by it, the client's own clock does not.">
    <${A} problem=${p??$} />
    <${I} title="Now" actions=${i`<${z} kind=${d.frozen?"warn":"good"}>${d.frozen?"frozen":"running"}<//>`}>
      <p class="clock-now" role="timer" aria-live="off">${U(x)} <small>UTC</small></p>
      <div class="actions">
        ${d.frozen?i`<${k} kind="primary" disabled=${h} onClick=${()=>u("/clock/run",()=>({}))}>Run<//>`:i`<${k} kind="primary" disabled=${h} onClick=${()=>u("/clock/freeze",()=>({}))}>Freeze<//>`}
        <${k} disabled=${h} onClick=${()=>u("/clock/set",()=>({at:new Date().toISOString()}))}>To real time<//>
      </div>
      <div class="steppers" role="group" aria-label="Steps">
        ${Do.map(w=>i`<span class="stepper" key=${w.name}>
          <${k} disabled=${h} aria-label=${`1 ${w.name} back`} onClick=${()=>u("/clock/advance",y(w,-1))}>−<//>
          <${k} disabled=${h} onClick=${()=>u("/clock/advance",y(w,1))}
            onMouseEnter=${()=>a(w.month?30:1)} onFocus=${()=>a(w.month?30:1)}>+ 1 ${w.name}<//>
        </span>`)}
      </div>
      <div class="clock-set">
        <${_} label="Date and time, UTC" type="datetime-local" step="1" value=${o} on=${r} />
        <${k} disabled=${h} onClick=${()=>u("/clock/set",g)}>Set<//>
        <${k} disabled=${h} onClick=${()=>u("/clock/freeze",g)}>Freeze there<//>
      </div>
      ${s&&i`<p class="note">${s}</p>`}
    <//>
    <${Uo} data=${d} window=${e} choose=${t} now=${f} step=${m} ahead=${n} />
  <//>`}function Ct(e){let t=e.indexOf("?"),n=t<0?e:e.slice(0,t),a=t<0?"":e.slice(t+1);return{path:n,query:a,pairs:[...new URLSearchParams(a)]}}var Se=e=>e.toLowerCase().replace(/\/+$/,"")==="/api/public/contacts",Tt=document.documentElement.dataset.endpoint==="here",wa=e=>Tt?`${location.origin}${e}`:`$VAMBE_BASE_URL${e}`,ka=e=>wa(`${Tt?ht:""}${e}`),xa=e=>wa(`${Tt?ca:"/api/public/contacts"}${e?`?${e}`:""}`),zo=e=>Tt?_t(e):`"$VAMBE_BASE_URL"${_t(e.slice(15))}`,Sa=(e,t,n="YOUR_KEY")=>`curl ${e==="GET"?"":e==="HEAD"?"--head ":`-X ${e} `}-H ${_t(`x-api-key: ${n}`)} \\
  ${zo(t)}`;var ne=100,Fo=60,Ca=2500,$n={loading:!0,status:200,message:"",steps:[],total:0,count:0,problem:null},Ot=class{constructor(){this.told=q($n),this.version=q(0),this.flashing=new Map,this.range=[0,30],this.forget()}forget(){this.chunks=new Map,this.pending=new Set,this.known=new Map,this.generation=(this.generation??0)+1}async open(t){this.query=t,this.forget(),this.told.value={...this.told.value,loading:!0},await this.load([0])}at(t){return this.chunks.get(Math.floor(t/ne))?.[t%ne]}show(t,n){this.range=[t,n],this.load(this.inSight().filter(a=>!this.chunks.has(a)&&!this.pending.has(a)))}async refresh(){this.generation+=1,this.pending.clear();let t=this.inSight();await this.load(t.includes(0)?t:[0,...t],!0)}inSight(){let[t,n]=this.range,a=[];for(let o=Math.floor(t/ne);o*ne<Math.max(n,1);o+=1)a.push(o);return a}async load(t,n=!1){if(!t.length)return;let a=this.generation;for(let o of t)this.pending.add(o);try{let o=await Promise.all(t.map(s=>this.ask(s)));if(a!==this.generation)return;let r=n?new Map(this.known):null;(n||this.chunks.size>Fo)&&(this.chunks=new Map),t.forEach((s,l)=>this.chunks.set(s,o[l])),this.note(o.flat(),r)}catch(o){a===this.generation&&(this.told.value={...$n,loading:!1,problem:o})}finally{if(a===this.generation)for(let o of t)this.pending.delete(o);this.version.value+=1}}note(t,n){let a=performance.now()+Ca;this.known.size>2e4&&this.known.clear();for(let o of t){let r=JSON.stringify(o);n?.size&&n.get(o.id)!==r&&this.flashing.set(o.id,a),this.known.set(o.id,r)}n&&this.flashing.size&&setTimeout(()=>{for(let[o,r]of this.flashing)r<=performance.now()&&this.flashing.delete(o);this.version.value+=1},Ca+50)}async ask(t){if(this.query===null){let{total:r,contacts:s}=await j("/contacts",{limit:ne,offset:t*ne});return t===0&&this.tell({total:r,count:r}),s}if(t===0){let r=await j("/preview",{query:this.query,most:ne}),{status:s,message:l,steps:d,total:p,ignored:c,now:f}=r,m=s===200?d.at(-1)?.left??p:0;return this.tell({status:s,message:l,steps:d,total:p,count:m,ignored:c,now:f}),r.contacts}let n=new URLSearchParams(this.query),a=Number(n.get("offset")??0)+t*ne,o=n.has("limit")?Number(n.get("limit"))-t*ne:ne;return o<=0?[]:(n.set("offset",a),n.set("limit",Math.min(o,ne)),(await j("/preview",{query:n.toString(),most:ne})).contacts)}tell(t){this.told.value={...$n,...t,loading:!1}}};var Wo=e=>e===null?"null":typeof e=="object"?JSON.stringify(e):String(e);function Et({contact:e,query:t}){let{data:n,problem:a}=D(o=>j("/explain",{contact:e,query:t},o),[e,t]);return a?i`<${A} problem=${a} />`:n?i`<div class="stack explanation">
    <p><${z} kind=${n.listed?"good":"bad"}>${n.listed?"listed":"not listed"}<//> ${n.because}.
      <span class="dim"> At ${U(n.now)}${n.order?`, ordered by ${n.order}`:""}${n.place===null?"":`, number ${C(n.place+1)} of ${C(n.matched)}`}.</span></p>
    ${n.filters.length>0&&i`<div class="scroll" tabindex="0" role="region" aria-label="Each filter's verdict"><table class="plain">
      <thead><tr><th>Filter</th><th>Sent</th><th>Means</th><th>The contact has</th><th>Holds</th></tr></thead>
      <tbody>${n.filters.map(o=>i`<tr key=${o.parameter} class=${o.holds?"":"bad"}>
        <th scope="row" class="mono">${o.parameter}</th><td class="mono">${o.asked}</td><td>${o.reading}</td>
        <td class="mono">${Wo(o.contact_has)}</td><td>${o.holds?"yes":"no"}</td></tr>`)}</tbody>
    </table></div>`}
    ${n.ignored.length>0&&i`<p>Ignored: ${n.ignored.map(o=>i`<${z} kind="bad" key=${o}>${o}<//>`)}</p>`}
    ${Object.entries(n.measured).map(([o,r])=>i`<p key=${o} class="dim"><a href=${le("rules",o)}>${o}</a>: ${r}</p>`)}
  </div>`:i`<p class="dim">Looking …</p>`}var Io=["whatsapp","web-whatsapp","instagram","webchat","sms","messenger","tiktok","voice","playground"],Ho=["UNATTENDED","ATTENDED","CLOSED"],Bo=new Set(["phone","email","last_message_at","ai_customer_id","default_stage_id"]),Vo={name:"",phone:"",email:"",platform:"whatsapp",chat_status:"UNATTENDED"},Go=e=>({name:e.name??"",phone:e.phone??"",email:e.email??"",platform:e.platform,chat_status:e.chat_status,last_message_at:e.last_message_at??"",created_at:e.created_at,updated_at:e.updated_at,default_stage_id:e.default_stage_id??"",ai_customer_id:e.ai_customer_id??"",blocked:e.blocked,is_chat_read:e.is_chat_read}),gn=(e,t)=>Object.fromEntries(t.flatMap(n=>n.entities.map(a=>[`${a}.${n.key}`,String(e?.custom_fields[a][n.key]??"")]))),Jo=(e,t)=>t===""&&Bo.has(e)?null:t;function Ko(e,t){return t===""?null:e.type==="number"?Number(t):e.type==="boolean"?t==="true":t}function Ta(e,t,n){let a=Object.fromEntries(Object.entries(t.fields).filter(([r,s])=>s!==e.fields[r]).map(([r,s])=>[r,Jo(r,s)])),o={};for(let r of n)for(let s of r.entities){let l=`${s}.${r.key}`;t.custom[l]!==e.custom[l]&&((o[s]??={})[r.key]=Ko(r,t.custom[l]))}return{...a,...Object.keys(o).length&&{custom_fields:o}}}var Oa=({pipelines:e})=>e.map(t=>i`<optgroup key=${t.id} label=${t.name}>
  ${t.stages.map(n=>i`<option key=${n.id} value=${n.id}>${n.name}</option>`)}</optgroup>`);function Ea({value:e,set:t,pipelines:n,old:a=!0}){let o=r=>({value:e[r],on:s=>t({...e,[r]:s})});return i`<div class="filters">
    <${_} label="Name" ...${o("name")} />
    <${_} label="Phone" placeholder="+56912345678" ...${o("phone")} />
    <${_} label="E-mail" ...${o("email")} />
    <${_} label="Platform" as="select" ...${o("platform")}>${Io.map(r=>i`<option key=${r}>${r}</option>`)}<//>
    <${_} label="Chat status" list="statuses" ...${o("chat_status")} />
    <datalist id="statuses">${Ho.map(r=>i`<option key=${r} value=${r} />`)}</datalist>
    ${a&&i`
      <${_} label="Last message" placeholder="none" ...${o("last_message_at")} />
      <${_} label="Created" ...${o("created_at")} />
      <${_} label="Updated" hint="Left as it is, it becomes now." ...${o("updated_at")} />
      <${_} label="Default stage" as="select" ...${o("default_stage_id")}><option value="">none</option><${Oa} pipelines=${n} /><//>
      <${_} label="Customer's id" ...${o("ai_customer_id")} />
      <${te} label="Blocked" checked=${e.blocked} on=${r=>t({...e,blocked:r})} />
      <${te} label="Chat is read" checked=${e.is_chat_read} on=${r=>t({...e,is_chat_read:r})} />`}
  </div>`}function ja({value:e,set:t,fields:n,hasTicket:a}){let o=n.flatMap(r=>r.entities.map(s=>({field:r,entity:s,name:`${s}.${r.key}`})));return o.length?i`<section><h3>Custom fields, which no answer shows</h3><div class="filters">
    ${o.map(({field:r,entity:s,name:l})=>{let d={label:`${r.key} (${s})`,value:e[l]??"",on:c=>t({...e,[l]:c}),disabled:s==="ticket"&&!a},p=r.type==="boolean"?["true","false"]:r.type==="options"?r.options:null;return p?i`<${_} key=${l} as="select" ...${d}><option value="">none</option>
            ${p.map(c=>i`<option key=${c}>${c}</option>`)}<//>`:i`<${_} key=${l} ...${d} placeholder=${{number:"a number",date:"2026-01-31"}[r.type]??""} />`})}</div></section>`:null}function Yo({contact:e,pipelines:t,act:n}){let a=e.active_ticket_v2,[o,r]=v(a?.current_stage_id??""),s=`/contacts/${e.id}/ticket`,l=o||null;return i`<section><h3>Ticket</h3><div class="row">
    <${_} label="Stage" as="select" value=${o} on=${r}><option value="">no stage</option><${Oa} pipelines=${t} /><//>
    ${a?i`<${k} onClick=${()=>n("The ticket was moved.",()=>sn(s,{stage_id:l}))}>Move the ticket<//>
          <${k} onClick=${()=>n("The ticket was closed.",()=>G(s))}>Close the ticket<//>`:i`<${k} onClick=${()=>n("A ticket was opened.",()=>Q(s,{stage_id:l}))}>Open a ticket<//>`}
  </div></section>`}function Zo({contact:e,act:t}){let[n,a]=v("inbound"),[o,r]=v("");return i`<section><h3>Message</h3><div class="row">
    <${_} label="Direction" as="select" value=${n} on=${a}>
      <option value="inbound">from the contact</option><option value="outbound">to the contact</option><//>
    <${_} label="At" value=${o} on=${r} placeholder="now" />
    <${k} onClick=${()=>t("A message was added.",()=>Q(`/contacts/${e.id}/messages`,{direction:n,...o&&{at:o}}))}>Add a message<//>
  </div></section>`}function Qo({contact:e,pipelines:t,fields:n,query:a,reload:o,onClose:r}){let s={fields:Go(e),custom:gn(e,n)},[l,d]=v(s),[p,c]=v(!1),[f,m,u]=P(async($,g)=>{await g(),N($),o()}),h=Ta(s,l,n);return i`
    <p class="mono dim wrap">${e.id}</p>
    <form onSubmit=${$=>{$.preventDefault(),f("The contact was changed.",()=>sn(`/contacts/${e.id}`,h))}}>
      <${Ea} value=${l.fields} set=${$=>d({...l,fields:$})} pipelines=${t} />
      <${ja} value=${l.custom} set=${$=>d({...l,custom:$})} fields=${n}
        hasTicket=${e.active_ticket_v2!==null} />
      <${A} problem=${u} />
      <div class="actions">
        <button type="submit" class="button primary" disabled=${m||!Object.keys(h).length}>Save the change</button>
        ${p?i`<${k} kind="danger" disabled=${m} onClick=${async()=>{await f("The contact was deleted.",()=>G(`/contacts/${e.id}`).then(r))}}>Yes, delete it<//><${k} onClick=${()=>c(!1)}>No<//>`:i`<${k} kind="danger" onClick=${()=>c(!0)}>Delete the contact<//>`}
      </div>
    </form>
    <${Yo} contact=${e} pipelines=${t} act=${f} />
    <${Zo} contact=${e} act=${f} />
    ${a&&i`<section><h3>Why it is in the answer to the filters, or not</h3>
      <${Et} contact=${e.id} query=${a} /></section>`}`}function Aa({id:e,pipelines:t,fields:n,query:a,onClose:o}){let{data:r,problem:s,reload:l}=D(d=>j(`/contacts/${e}`,{},d),[e]);return i`<${ke} title=${r?.name||"Contact"} onClose=${o}>
    ${r?i`<${Qo} key=${JSON.stringify(r)} contact=${r} pipelines=${t} fields=${n} query=${a} reload=${l} onClose=${o} />`:i`<${A} problem=${s} />`}
  <//>`}function Ma({pipelines:e,fields:t,onClose:n}){let[a,o]=v({fields:Vo,custom:gn(null,t)}),[r,s,l]=P(async()=>{let{name:d,phone:p,email:c,...f}=a.fields,{custom_fields:m}=Ta({fields:a.fields,custom:gn(null,t)},a,t),u=await Q("/contacts",{...f,...d&&{name:d},...p&&{phone:p},...c&&{email:c},...m&&{custom_fields:m}});N(`${u.name} was added.`),n()});return i`<${ke} title="Add a contact" onClose=${n}>
    <form onSubmit=${d=>{d.preventDefault(),r()}}>
      <p class="dim">What is left empty gets its usual value; the instants are the clock's.</p>
      <${Ea} value=${a.fields} set=${d=>o({...a,fields:d})} pipelines=${e} old=${!1} />
      <${ja} value=${a.custom} set=${d=>o({...a,custom:d})} fields=${t} hasTicket=${!1} />
      <${A} problem=${l} />
      <div class="actions"><button type="submit" class="button primary" disabled=${s}>Add it</button></div>
    </form>
  <//>`}var Na={days:"",created_after:"",updated_after:"",pipeline_id:"",stage_id:"",custom_field_key:"",custom_field_value:"",entity_type:"",limit:"",offset:""},Xo=e=>new URLSearchParams(Object.entries(e).filter(([,t])=>t!=="")).toString();function er({filters:e,set:t,pipelines:n,fields:a}){let o=s=>({value:e[s],on:l=>t({...e,[s]:l.trim()})}),r=n.filter(s=>!e.pipeline_id||s.id===e.pipeline_id).flatMap(s=>s.stages.map(l=>({...l,pipeline:s.name})));return i`<div class="filters query">
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
  </div>`}var At=e=>e==null?i`<span class="dim">—</span>`:String(e),jt=e=>i`<span class="mono">${At(e)}</span>`;function tr(e,t,n){let a=s=>s.active_ticket_v2?t.get(s.active_ticket_v2.current_stage_id)??"no known stage":null;if(n)return[{name:"what",title:"Contact",width:"minmax(0, 1fr)",cell:s=>i`<span class="two"><span>${s.name}</span><span class="dim">${U(s.last_message_at)} · ${s.platform}</span></span>`}];let o=[["name","Name","15rem",s=>s.name],["phone","Phone","9.5rem",s=>jt(s.phone)],["email","E-mail","15rem",s=>At(s.email)],["platform","Platform","7.5rem",s=>s.platform],["status","Chat","7.5rem",s=>s.chat_status],["last","Last message","11rem",s=>jt(s.last_message_at&&U(s.last_message_at))],["updated","Updated","11rem",s=>jt(U(s.updated_at))],["created","Created","11rem",s=>jt(U(s.created_at))],["ticket","Ticket's stage","10rem",s=>At(a(s))],["flags","Flags","8rem",s=>[s.blocked&&"blocked",!s.is_chat_read&&"unread"].filter(Boolean).join(", ")]],r=e.flatMap(s=>s.entities.map(l=>[`${l}.${s.key}`,`${s.key} (${l})`,"10rem",d=>At(d.custom_fields[l][s.key])]));return[...o,...r].map(([s,l,d,p])=>({name:s,title:l,width:d,cell:p}))}function qa(){let e=kt(),t=de(()=>new Ot,[]),[n,a]=v(Na),[o,r]=v(null),[s,l]=v(!1),{data:d=[]}=D(h=>j("/pipelines",{},h)),{data:p=[]}=D(h=>j("/custom-fields",{},h)),c=Xo(n);R(()=>{let h=setTimeout(()=>t.open(c||null),150);return()=>clearTimeout(h)},[c,Z.value]),R(()=>{let h=!0,$=null,g=X(()=>{Pe.value,!h&&$===null&&($=setTimeout(async()=>{$=null,await t.refresh()},150)),h=!1});return()=>{g(),clearTimeout($)}},[]),t.version.value;let f=t.told.value,m=new Map(d.flatMap(h=>h.stages.map($=>[$.id,`${h.name}: ${$.name}`]))),u=de(()=>tr(p,m,e),[p,d,e]);return i`<${J} title="Contacts" about=${`${T(f.total,"contact")}${c?`, of which ${C(f.count)} are in the answer`:""}.`}
    actions=${i`<${k} kind="primary" onClick=${()=>l(!0)}>Add a contact<//>`}>
    <${I} title="What the endpoint is asked" actions=${c&&i`<${k} onClick=${()=>a(Na)}>Show all contacts<//>`}>
      <${er} filters=${n} set=${a} pipelines=${d} fields=${p} />
      ${c?i`<${De} label="The URL that a client would send" text=${xa(c)} />`:i`<p class="dim">Without parameters all contacts show here; the endpoint itself wants days, created_after or updated_after.</p>`}
      ${f.ignored?.length>0&&i`<p class="problem">Ignored: ${f.ignored.join(", ")}</p>`}
      ${f.message&&i`<p class="problem" role="alert">${f.status}: ${f.message}</p>`}
      <${$e} steps=${f.steps} all=${f.total} wide />
      <${A} problem=${f.problem} />
    <//>
    ${f.count?i`<${xt} label="Contacts" columns=${u} count=${f.count} height=${e?60:36} wide=${!e}
          row=${h=>t.at(h)} rowKey=${h=>h.id} rowClass=${h=>t.flashing.has(h.id)?"flash":""}
          onRange=${(h,$)=>t.show(h,$)} onOpen=${h=>r(h.id)} />`:i`<${K}>${f.loading?"Loading …":"No contact."}<//>`}
    ${o&&i`<${Aa} id=${o} pipelines=${d} fields=${p} query=${c} onClose=${()=>r(null)} />`}
    ${s&&i`<${Ma} pipelines=${d} fields=${p} onClose=${()=>l(!1)} />`}
  <//>`}var Mt=q({});function nr(){let{data:e=[],problem:t,reload:n}=D(m=>j("/organisations",{},m),[],{on:["changes","arrivals"],every:1e3}),[a,o]=v(""),[r,s]=v(null),[l,d,p]=P(m=>m()),c=()=>l(async()=>{let m=await Q("/organisations",{});Mt.value={...Mt.value,[m.name]:m.key},s(m),N(`${m.name} was made.`),n()}),f=m=>l(async()=>{let u=Z.value;Z.value=m;try{await j("/clock")}catch(h){throw Z.value=u,h}o(""),N("The page shows the organisation of this key.")});return i`<${I} title="Organisations" actions=${i`<${k} onClick=${c} disabled=${d}>Make one<//>`}>
    <p class="dim">Each API key has data, a clock, faults and a record of its own. The page shows one of them: its whole key is asked for once, and kept in this page alone.</p>
    <ul class="list tall">${e.map((m,u)=>{let h=u===0?"":Mt.value[m.name],$=Ye.value===m.name;return i`<li key=${m.name}>
        <span class="name">${m.name} ${$&&i`<${z} kind="good">shown<//>`}</span>
        <span class="mono dim">${m.keys.join(", ")}</span>
        <span class="dim">${T(m.contacts,"contact")}, ${T(m.requests,"request")}, ${T(m.faults,"fault")}</span>
        ${!$&&h!==void 0&&i`<${k} onClick=${()=>f(h)}>Show<span class="sr"> ${m.name}</span><//>`}
        ${u>0&&i`<${k} kind="danger" onClick=${()=>l(async()=>{$&&(Z.value=""),await G(`/organisations/${encodeURIComponent(m.name)}`),N(`${m.name} was deleted.`),n()})}>Delete<span class="sr"> ${m.name}</span><//>`}
      </li>`})}</ul>
    ${r&&i`<div class="note row">The key of ${r.name}, which no other answer shows: <code>${r.key}</code> <${un} text=${r.key} label="Copy the key" /></div>`}
    <form class="row" onSubmit=${m=>{m.preventDefault(),f(a.trim())}}>
      <${_} label="Show the organisation of this key" type="password" autocomplete="off" required value=${a} on=${o} />
      <button type="submit" class="button" disabled=${d}>Show it</button>
    </form>
    <${A} problem=${p??t} />
  <//>`}function ar(){let{data:e=[],problem:t,reload:n}=D(p=>j("/snapshots",{},p)),[a,o]=v(""),[r,s,l]=P(async(p,c)=>{await c(),N(p),n()}),d=p=>`/snapshots/${p.split("/").map(encodeURIComponent).join("/")}`;return i`<${I} title="Snapshots">
    <form class="row" onSubmit=${p=>{p.preventDefault(),r(`The snapshot ${a} was taken.`,()=>gt(d(a),void 0)).then(()=>o(""))}}>
      <${_} label="Name" required maxlength="100" value=${a} on=${o} />
      <button type="submit" class="button primary" disabled=${s}>Take a snapshot</button>
    </form>
    ${e.length?i`<ul class="list tall">${e.map(p=>i`<li key=${p.name}>
          <span class="name">${p.name}</span><span class="dim">${T(p.contacts,"contact")} at ${U(p.now)}</span>
          <${k} onClick=${()=>r(`The snapshot ${p.name} was restored.`,()=>Q(`${d(p.name)}/restore`,void 0))}>Restore<span class="sr"> ${p.name}</span><//>
          <${k} kind="danger" onClick=${()=>r(`The snapshot ${p.name} was deleted.`,()=>G(d(p.name)))}>Delete<span class="sr"> ${p.name}</span><//>
        </li>`)}</ul>`:i`<${K}>No snapshot yet: one keeps data and clock under a name.<//>`}
    <${A} problem=${l??t} />
  <//>`}function or(){let[e,t]=v(!1),[n,a,o]=P(async()=>{let{contacts:r}=await Q("/reset",void 0);t(!1),N(`Everything is as at the start: ${T(r,"contact")}.`)});return i`<${I} title="Reset">
    <p class="dim">Back to the initial data and clock, without faults, triggers and recorded requests. Snapshots stay.</p>
    <div class="actions">${e?i`<${k} kind="danger" onClick=${n} disabled=${a}>Yes, reset<//><${k} onClick=${()=>t(!1)}>No<//>`:i`<${k} kind="danger" onClick=${()=>t(!0)}>Reset<//>`}</div>
    <${A} problem=${o} />
  <//>`}function rr(){let[e,t]=v(!1),[n,a]=v(!1),o=ee(null),[r,s,l]=P(async f=>{let{contacts:m}=await we("PUT","/dataset",{raw:f,query:{keep_timestamps:e?"true":null}});N(`${f.name} was loaded: ${T(m,"contact")}.`)}),[d,p,c]=P(async()=>{let f=await(await $t("GET","/dataset")).blob(),m=document.createElement("a");m.href=URL.createObjectURL(f),m.download="vambe-mock.json",m.click(),setTimeout(()=>URL.revokeObjectURL(m.href),1e4),N(`The data set has ${C(f.size)} bytes.`)});return i`<${I} title="Data set">
    <p class="dim">A data set document, as <code>vambe-mock generate</code> and the option <code>--data</code> have it. Loading one replaces all contacts, pipelines and custom fields.</p>
    <div class="actions"><${k} onClick=${d} disabled=${p}>Download the data<//></div>
    <div class=${n?"drop over":"drop"} onDragOver=${f=>{f.preventDefault(),a(!0)}} onDragLeave=${()=>a(!1)} onDrop=${f=>{f.preventDefault(),a(!1),f.dataTransfer.files[0]&&r(f.dataTransfer.files[0])}}>
      <label>Load a file, or drop it here <input type="file" accept=".json,application/json" ref=${o} disabled=${s} onChange=${f=>{let[m]=f.target.files;m&&r(m).finally(()=>{o.current&&(o.current.value="")})}} /></label>
    </div>
    <${te} label="Keep its timestamps; else they move to the clock's now" checked=${e} on=${t} />
    <${A} problem=${l??c} />
  <//>`}function Pa(){return i`<${J} title="Organisations & data">
    <${nr} />
    <div class="panels"><${ar} /><${rr} /><${or} /></div>
  <//>`}var vn=null;function Ra(){return vn??=j("/openapi.json").then(e=>e.components.schemas,e=>{throw vn=null,e}),vn}var ae=e=>e.replaceAll("_"," "),sr={first:"only the first",every:"only every nth",nth:"at request number",expires_in:"expires in, seconds",retry_after:"retry after, seconds"},Da={path:"*/contacts",first:"all",every:"all"};function oe(e,t){if(e.$ref)return{...oe(t[e.$ref.split("/").at(-1)],t),..."default"in e&&{default:e.default}};let n=e.anyOf?.filter(a=>a.type!=="null");if(n?.length===1&&e.anyOf.length===2){let{anyOf:a,...o}=e;return{...oe(n[0],t),...o,nullable:!0}}return e}var _n={status:503,per_second:1,location:"/elsewhere",seconds:1,bytes_per_second:1e3,share:.5,text:"<html><body><h1>502 Bad Gateway</h1></body></html>",place:1,direction:"inbound",minimum:.1,maximum:1,median:.2,sigma:.5,days:1};function Nt(e,t,n){let a=oe(t,n);return a.const!==void 0?a.const:e in _n&&!(a.enum&&!a.enum.includes(_n[e]))&&!a.properties?_n[e]:a.default!==void 0?a.default:a.enum?a.enum[0]:a.oneOf?a.discriminator?Xe(a,Object.keys(a.discriminator.mapping)[0],n):Nt(e,a.oneOf.at(-1),n):a.properties?bn(a,n):a.type==="boolean"?!1:a.type==="integer"||a.type==="number"?a.minimum??a.ge??1:a.type==="object"?{}:a.examples?.[0]??""}function bn(e,t){let n=e.required??(e.properties.place?["place"]:[]);return Object.fromEntries(n.map(a=>[a,Nt(a,e.properties[a],t)]))}function Xe(e,t,n){return bn(oe({$ref:e.discriminator.mapping[t]},n),n)}function re({schema:e,names:t,value:n,on:a,all:o}){let r=s=>l=>{let{[s]:d,...p}=n;a(l===void 0?p:{...p,[s]:l})};return i`<div class="values">${t.map(s=>i`<${La} key=${s} name=${s} label=${sr[s]??ae(s)}
    schema=${e.properties[s]} needed=${e.required?.includes(s)} value=${n[s]} on=${r(s)} all=${o} />`)}</div>`}function qt(e,t=[]){let n=Object.keys(e.properties).filter(o=>e.properties[o].const===void 0),a=n.filter(o=>e.required?.includes(o)||t.includes(o));return[a,n.filter(o=>!a.includes(o))]}function La({name:e,label:t,schema:n,needed:a,value:o,on:r,all:s}){let l=oe(n,s);if(l.discriminator)return i`<${cr} label=${t} union=${l} value=${o} on=${r} all=${s} />`;if(l.oneOf)return i`<${pr} name=${e} label=${t} forms=${l.oneOf} value=${o} on=${r} all=${s} />`;if(l.properties)return i`<${ur} label=${t} schema=${l} value=${o} on=${r} all=${s} />`;if(l.type==="object"&&e!=="query")return i`<${lr} label=${t} value=${o} on=${r} />`;if(e==="query")return i`<${ir} label=${t} value=${o} on=${r} />`;if(l.enum)return i`<${_} as="select" label=${t} value=${o===void 0?"":String(o)}
      on=${c=>r(c===""?void 0:l.enum.find(f=>String(f)===c))}>
      ${!a&&i`<option value="">${l.default===void 0?"—":`usual (${l.default})`}</option>`}
      ${l.enum.map(c=>i`<option key=${c} value=${String(c)}>${c}</option>`)}
    <//>`;if(l.type==="boolean")return l.nullable?i`<${_} as="select" label=${t} value=${o===void 0?"":String(o)}
          on=${c=>r(c===""?void 0:c==="true")}>
          <option value="">—</option><option>true</option><option>false</option><//>`:i`<${te} label=${t} checked=${o??l.default??!1} on=${c=>r(c||void 0)} />`;if(l.type==="integer"||l.type==="number"){let c=l.minimum??l.ge;return i`<${_} label=${t} type="number" step=${l.type==="integer"?1:"any"} min=${c} max=${l.maximum??l.le}
      required=${a} placeholder=${l.default??Da[e]??""} value=${o??""} on=${f=>r(f===""?void 0:Number(f))} />`}let d=l.examples?.[0]??l.default??Da[e]??"",p=l.maxLength>2e3;return i`<div class=${p||d.length>16?"long":""}><${_} as=${p?"textarea":"input"} label=${t} required=${a}
    placeholder=${typeof d=="string"?d:""} value=${o??""} on=${c=>r(c===""&&!a?void 0:c)} /></div>`}function ir({label:e,value:t,on:n}){let a=Object.entries(t??{}).map(([s,l])=>l===null?s:`${s}=${l}`).join("&"),[o,r]=v(a);return i`<div class="long"><${_} label=${e} placeholder="updated_after&limit=20" value=${o}
    hint="parameters that it must have; a name alone: with any value"
    on=${s=>{r(s);let l=s.split("&").map(d=>d.trim()).filter(Boolean).map(d=>{let p=d.indexOf("=");return p<0?[d,null]:[d.slice(0,p),d.slice(p+1)]});n(l.length?Object.fromEntries(l):void 0)}} /></div>`}function lr({label:e,value:t,on:n}){let[a,o]=v(JSON.stringify(t??{})),[r,s]=v(!1);return i`<div class="long"><${_} label=${`${e} (JSON)`} value=${a} aria-invalid=${r?"true":void 0} hint=${r?'not JSON yet; wanted e.g. {"city": "Lima"}':void 0}
    on=${l=>{o(l);try{n(JSON.parse(l)),s(!1)}catch{s(!0)}}} /></div>`}function cr({label:e,union:t,value:n,on:a,all:o}){let{propertyName:r,mapping:s}=t.discriminator,l=n&&oe({$ref:s[n[r]]},o);return i`<fieldset class="group long"><legend>${e}</legend>
    <${_} as="select" label=${ae(r)} value=${n?.[r]} on=${d=>a(Xe(t,d,o))}>
      ${Object.keys(s).map(d=>i`<option key=${d} value=${d}>${ae(d)}</option>`)}
    <//>
    ${l&&i`<${re} schema=${l} names=${qt(l).flat()} value=${n} on=${a} all=${o} />`}
  </fieldset>`}var dr=(e,t,n)=>t.type==="string"?"":Nt(e,t,n);function pr({name:e,label:t,forms:n,value:a,on:o,all:r}){let s=n.map(f=>oe(f,r)),l=f=>f.properties?typeof a=="object"&&Object.keys(a).every(m=>m in f.properties):typeof a!="object",d=Math.max(0,s.findIndex(l)),p=s[d],c=f=>f.title&&f.properties?ae(f.title.toLowerCase()):f.type==="string"?"id":f.type;return i`<fieldset class="group long"><legend>${t}</legend>
    <div class="stack">
      <${_} as="select" label="as" value=${String(d)} on=${f=>o(dr(e,s[Number(f)],r))}>
        ${s.map((f,m)=>i`<option key=${m} value=${String(m)}>${c(f)}</option>`)}
      <//>
      ${p.properties?i`<${re} schema=${p} names=${Object.keys(p.properties)} value=${a??{}} on=${o} all=${r} />`:i`<${La} name=${e} label=${t} schema=${p} needed=${!0} value=${a} on=${o} all=${r} />`}
    </div>
  </fieldset>`}function ur({label:e,schema:t,value:n,on:a,all:o}){let r=n??{},s=Object.keys(t.properties).filter(d=>t.required?.includes(d)||d in r),l=Object.keys(t.properties).filter(d=>!s.includes(d));return i`<fieldset class="group long"><legend>${e}</legend><div class="stack">
    ${s.length>0&&i`<${re} schema=${t} names=${s} value=${r} on=${a} all=${o} />`}
    <div class="row">
      ${l.length>0&&i`<${_} as="select" label="add a field" value="" on=${d=>d&&a({...r,[d]:Nt(d,t.properties[d],o)})}>
        <option value="">—</option>${l.map(d=>i`<option key=${d} value=${d}>${ae(d)}</option>`)}<//>`}
      ${Object.keys(r).some(d=>!t.required?.includes(d))&&i`<${k} onClick=${()=>a(t.required?bn(t,o):void 0)}>Leave them out<//>`}
    </div>
  </div></fieldset>`}var fr={on:["changes","arrivals"],every:400},mr=(e="")=>e.replaceAll("``","").replaceAll(`

`,`
`).replace(/\n(?=[a-z(])/g," ").replaceAll(`
`," "),et=e=>ae(e)[0].toUpperCase()+ae(e).slice(1).replace("json","JSON");function Dt(e){return typeof e!="object"?Me(String(e),40):Object.entries(wn(e)).map(([t,n])=>[ae(t),Dt(n)]).filter(([,t])=>t!=="").map(t=>t.join(" ")).join(", ")}var hr=({do:e,...t})=>[ae(e),Dt(typeof t[e]=="object"?t[e]:e==="clock"?Object.fromEntries(Object.entries(t).filter(([,n])=>n!==0)):t)].filter(Boolean).join(" "),wn=e=>Object.fromEntries(Object.entries(e).filter(([,t])=>t!=null&&t!==!1&&!(typeof t=="object"&&!Object.keys(t).length)));function Ua(e){let{kind:t,...n}=e;return Dt(n)}function Pt(e){let{query:t={},...n}=e,a=Object.entries(n).filter(([,r])=>r!=null).map(([r,s])=>`${ae(r)} ${Dt(s)}`);return[...Object.entries(t).map(([r,s])=>s===null?r:`${r}=${s}`),...a].join(", ")}function $r({query:e,key:t,...n}){return{...wn(n),...Object.keys(e).length&&{query:e}}}var yn=e=>Object.fromEntries(Object.entries(e).filter(([,t])=>t!==void 0));function gr({kind:e,schema:t,rule:n,all:a,faults:o,reload:r}){let{effect:s,...l}=n.properties,d=o.findLast(b=>!b.over)?.rule,[p,c]=v(()=>d?wn(d.effect):Xe(n.properties.effect,e,a)),[f,m]=v(()=>d?{match:$r(d.match),...d.expires_in&&{expires_in:d.expires_in}}:{}),[u,h]=v(!1),$=o.filter(b=>!b.over),[g,y]=qt(t,["share","value","message"].filter(b=>b in t.properties&&!t.required.includes(b)).slice(0,1)),[x,w,E]=P(async b=>{if(b)await Q("/faults",yn({...f,effect:p}));else for(let H of $)await G(`/faults/${H.id}`);await r(),N(`${et(e)} is ${b?"on":"off"}.`)}),[se]=P(async b=>{await G(`/faults/${b.id}`),await r()}),[ce,ie,Y]=P(async()=>{await Q("/faults",yn({...f,effect:p}));for(let b of $)await G(`/faults/${b.id}`);await r(),N(`${et(e)} has the values shown.`)}),S=oe(l.match,a),O=Object.keys(l).filter(b=>b!=="match");return i`<article class=${$.length?"card is-on":"card"} aria-label=${et(e)}>
    <${te} label=${et(e)} checked=${$.length>0} disabled=${w} on=${x} />
    <p class="about">${mr(t.description)}</p>
    <${A} problem=${E??Y} />
    ${o.length>0&&i`<ul class="at-work" aria-label=${`${et(e)}: at work`}>
      ${o.map(b=>i`<li key=${b.id}>
        <span class="count"><strong>${C(b.applied)}</strong> hit${b.matched!==b.applied?` of ${C(b.matched)}`:""}</span>
        ${b.over&&i`<${z}>over<//>`}
        ${Ua(b.rule.effect)&&i`<span>${Ua(b.rule.effect)}</span>`}
        ${Pt(b.rule.match)&&i`<span class="dim">for ${Pt(b.rule.match)}</span>`}
        ${b.expires_in!==null&&!b.over&&i`<span class="dim">for ${Math.ceil(b.expires_in)} s more</span>`}
        ${(o.length>1||b.over)&&i`<${k} kind="ghost" aria-label=${`Remove fault ${b.id}`} onClick=${()=>se(b)}>Remove<//>`}
      </li>`)}
    </ul>`}
    ${g.length>0&&i`<${re} schema=${t} names=${g} value=${p} on=${c} all=${a} />`}
    <${re} schema=${S} names=${["first"]} value=${f.match??{}} all=${a} on=${b=>m({...f,match:b})} />
    <details open=${u} onToggle=${b=>h(b.currentTarget.open)}>
      <summary>More: ${y.length?"values, ":""}which requests, how long</summary>
      ${u&&i`<div class="stack">
        ${y.length>0&&i`<${re} schema=${t} names=${y} value=${p} on=${c} all=${a} />`}
        <${re} schema=${S} names=${Object.keys(S.properties).filter(b=>b!=="first")} value=${f.match??{}} all=${a} on=${b=>m({...f,match:b})} />
        <${re} schema=${n} names=${O} value=${f} all=${a} on=${m} />
      </div>`}
    </details>
    ${$.length>0&&i`<div class="actions"><${k} disabled=${ie} onClick=${ce}>Use these values<//></div>`}
  </article>`}var vr={change:{fields:{name:"Ana"}},clock:{days:1}},_r=[["A contact changes between two pages",{nth:1,changes:[{do:"change",contact:{place:1},fields:{name:"Changed between two pages"}}]}],["A contact vanishes between two pages",{nth:1,changes:[{do:"delete",contact:{place:1}}]}],["A contact is new after the answer",{nth:1,changes:[{do:"add",contact:{name:"New after the answer"}}]}],["A day passes after the answer",{nth:1,changes:[{do:"clock",days:1}]}]];function br({all:e,reload:t}){let n=e.TriggerRule,a=n.properties.changes.items,o=g=>({...Xe(a,g,e),...vr[g]}),[r,s]=v(()=>({nth:1,when:"after",changes:[o("change")]})),[l,d]=v(0),p=oe(n.properties.match,e),{mapping:c}=a.discriminator,f=Object.keys(n.properties).filter(g=>g!=="match"&&g!=="changes"),[m,u,h]=P(async()=>{let g=await Q("/triggers",yn(r));await t(),N(`Trigger ${g.id} waits for its request.`)}),$=(g,y)=>s({...r,changes:r.changes.map((x,w)=>w===g?y:x)});return i`<form class="trigger-form" key=${l} onSubmit=${g=>{g.preventDefault(),m()}}>
    <div class="row" role="group" aria-label="Begin with">
      ${_r.map(([g,y])=>i`<${k} key=${g} onClick=${()=>{s({when:"after",...y}),d(l+1)}}>${g}<//>`)}
    </div>
    <${re} schema=${n} names=${f} value=${r} on=${s} all=${e} />
    <details><summary>Which requests count</summary>
      <${re} schema=${p} names=${Object.keys(p.properties)} value=${r.match??{}} all=${e} on=${g=>s({...r,match:g})} />
    </details>
    ${r.changes.map((g,y)=>{let x=oe({$ref:c[g.do]},e);return i`<section class="change" key=${`${y} ${g.do}`} aria-label=${`Change ${y+1}`}>
        <header>
          <${_} as="select" label=${`change ${y+1}: do`} value=${g.do} on=${w=>$(y,o(w))}>
            ${Object.keys(c).map(w=>i`<option key=${w} value=${w}>${ae(w)}</option>`)}
          <//>
          ${r.changes.length>1&&i`<${k} kind="ghost" aria-label=${`Remove change ${y+1}`}
            onClick=${()=>s({...r,changes:r.changes.filter((w,E)=>E!==y)})}>Remove<//>`}
        </header>
        <${re} schema=${x} names=${qt(x).flat()} value=${g} on=${w=>$(y,w)} all=${e} />
      </section>`})}
    <${A} problem=${h} />
    <div class="actions">
      <${k} onClick=${()=>s({...r,changes:[...r.changes,o("change")]})}>One more change<//>
      <button type="submit" class="button primary" disabled=${u}>Add the trigger</button>
    </div>
  </form>`}function yr({triggers:e,reload:t}){let[n,,a]=P(async o=>{await G(`/triggers/${o.id}`),await t(),N(`Trigger ${o.id} is off.`)});return e.length?i`<${A} problem=${a} />
    <ul class="at-work">${e.map(o=>i`<li key=${o.id}>
      <${te} label=${`Trigger ${o.id}`} checked=${o.fired===null} on=${()=>n(o)} disabled=${o.fired!==null} />
      ${o.fired===null?i`<span class="count">request <strong>${C(o.matched)}</strong> of ${C(o.rule.nth)}</span>`:o.problem?i`<${z} kind="bad">changed nothing<//>`:i`<${z} kind="good">fired<//> <span class="mono dim">${U(o.at)}</span>`}
      <span>${o.rule.when} it: ${o.rule.changes.map(hr).join("; ")}</span>
      ${Pt(o.rule.match)&&i`<span class="dim">for ${Pt(o.rule.match)}</span>`}
      ${o.problem&&i`<span class="problem">${o.problem}</span>`}
      ${o.fired!==null&&i`<${k} kind="ghost" aria-label=${`Remove trigger ${o.id}`} onClick=${()=>n(o)}>Remove<//>`}
    </li>`)}</ul>`:i`<${K}>No triggers.<//>`}function za(){let{data:e,problem:t}=D(Ra,[],{on:[]}),{data:n,problem:a,reload:o}=D(async u=>{let[h,$]=await Promise.all([j("/faults",{},u),j("/triggers",{},u)]);return{faults:h,triggers:$}},[],fr),[r,s,l]=P(async()=>{let[u,h]=[await G("/faults"),await G("/triggers")];await o(),N(`${T(u.removed,"fault")} and ${T(h.removed,"trigger")} are off.`)}),d=t??a??l;if(!e||!n)return i`<${J} title="Faults & triggers">${d?i`<${A} problem=${d} />`:i`<${K}>Loading …<//>`}<//>`;let p=e.FaultRule,{mapping:c}=p.properties.effect.discriminator,f=n.faults.filter(u=>!u.over).length+n.triggers.filter(u=>u.fired===null).length,m=p.properties.effect.oneOf.map(u=>Object.keys(c).find(h=>c[h]===u.$ref));return i`<${J} title="Faults & triggers" about="What goes wrong, and what changes at a request. They hit requests with this organisation's key."
    actions=${i`<span class="dim" role="status">${f?`${C(f)} on`:"nothing is on"}</span>
      <${k} kind="danger" disabled=${s||!(n.faults.length+n.triggers.length)} onClick=${r}>All off<//>`}>
    <${A} problem=${d} />
    <section aria-labelledby="faults" class="stack"><h2 id="faults">Faults</h2>
      <div class="catalogue">${m.map(u=>i`<${gr} key=${u} kind=${u} schema=${oe({$ref:c[u]},e)} rule=${p} all=${e}
        faults=${n.faults.filter(h=>h.rule.effect.kind===u)} reload=${o} />`)}</div>
    </section>
    <div class="panels top-aligned">
      <${I} title="Triggers"><${yr} triggers=${n.triggers} reload=${o} /><//>
      <${I} title="A new trigger"><${br} all=${e} reload=${o} /><//>
    </div>
  <//>`}function wr(e,t){let n=e.query??{},a=Object.fromEntries(e.steps.map(l=>[l.name,l.left])),o=t.map(([l,d])=>{let p=e.ignored.includes(l),c=l==="custom_field_value"&&n.custom_field_readings,f=c?Object.entries(c).map(([u,h])=>`${u}: ${JSON.stringify(h)}`).join(", "):n[l],m=l.startsWith("custom_field")?c?a.custom_field:void 0:a[l];return{name:l,value:d,ignored:p,reading:f===void 0?"":String(f),left:m}}),r=new Set(t.map(([l])=>l)),s=Object.entries(n).filter(([l])=>!r.has(l)&&!l.startsWith("custom_field")).map(([l,d])=>({name:l,value:null,ignored:!1,reading:String(d),left:a[l]}));return[...o,...s]}function kr({request:e,pairs:t}){let n=wr(e,t);return n.length?i`<div class="scroll" tabindex="0" role="region" aria-label="How each parameter was read"><table class="plain">
    <thead><tr><th>Parameter</th><th>Sent</th><th>Read as</th><th>Left</th></tr></thead>
    <tbody>${n.map((a,o)=>i`<tr key=${o} class=${a.ignored?"bad":""}>
      <th scope="row" class="mono">${a.name}</th>
      <td class="mono">${a.value??i`<span class="dim">not sent</span>`}</td>
      <td class="mono">${a.ignored?"ignored: no parameter has this name":a.reading||i`<span class="dim">—</span>`}</td>
      <td class="mono">${a.left===void 0?"":C(a.left)}</td>
    </tr>`)}</tbody>
  </table></div>`:i`<p class="dim">It has no parameters.</p>`}function xr({query:e,onWhy:t}){let{data:n,problem:a,reload:o}=D(r=>j("/preview",{query:e,most:100},r),[e]);return a?i`<${A} problem=${a} />`:n?i`<div class="stack">
    <div class="row"><p><${Ze} status=${n.status} /> at ${U(n.now)}:
      ${n.status===200?i` ${T(n.matched,"contact")} match${n.matched===1?"es":""}.`:` ${n.message}`}</p>
      <${k} onClick=${o}>Ask again<//></div>
    <${$e} steps=${n.steps} all=${n.total} wide />
    ${n.contacts.length>0&&i`<ul class="list" aria-label="Contacts of the answer">
      ${n.contacts.map(r=>i`<li key=${r.id}>
        <span class="name">${r.name}</span> <span class="mono dim">${r.id}</span>
        <${k} kind="ghost" onClick=${()=>t(r.id)} aria-label=${`Why is ${r.name} here?`}>Why?<//>
      </li>`)}</ul>`}
    ${n.status===200&&!n.contacts.length&&i`<${K}>It lists no contact.<//>`}
    <p class="dim">This is the answer now; it was not recorded, and no fault had a say.</p>
  </div>`:i`<p class="dim">Asking …</p>`}var Fa={500:{kind:"status",status:500},502:{kind:"status",status:502},503:{kind:"status",status:503},"429, Retry-After 1 s":{kind:"status",status:429,retry_after:1},401:{kind:"status",status:401},"Connection reset":{kind:"connection_reset"},"Body cut in half":{kind:"truncated_body"},"2 s late":{kind:"delay",seconds:2}};function Sr({path:e,pairs:t}){let[n,a]=v("503"),[o,r]=v("1"),[s,l]=v(!1),[d,p,c]=P(async()=>{let m={query:Object.fromEntries(t.map(([h,$])=>[h,s?$:null])),first:Number(o),...!Se(e)&&{path:e}},u=await Q("/faults",{match:m,effect:Fa[n]});N(`Fault ${u.id} waits for ${T(Number(o),"request")} like this.`)});return i`<form class="stack" onSubmit=${f=>{f.preventDefault(),d()}}>
    <div class="row">
      <${_} label="Fails with" as="select" value=${n} on=${a}>
        ${Object.keys(Fa).map(f=>i`<option key=${f}>${f}</option>`)}<//>
      <${_} label="Times" type="number" min="1" max="1000" required value=${o} on=${r} />
      <${te} label="Only with the same values" checked=${s} on=${l} />
      <button type="submit" class="button danger" disabled=${p}>Fail the next one like this</button>
    </div>
    <${A} problem=${c} />
  </form>`}function Cr({query:e,contact:t,setContact:n}){let{data:a}=D(r=>j("/contacts",{limit:200},r),[]),o=t.trim();return i`<div class="stack">
    <${_} label="Contact" value=${t} on=${n} list="known-contacts" placeholder="its id" autocomplete="off"
      hint="The id of any contact, of this answer or not." />
    <datalist id="known-contacts">${a?.contacts.map(r=>i`<option key=${r.id} value=${r.id}>${r.name}</option>`)}</datalist>
    ${/^[0-9a-f-]{36}$/i.test(o)&&i`<${Et} contact=${o} query=${e} />`}
  </div>`}function Wa({request:e,onClose:t}){let{path:n,query:a,pairs:o}=Ct(e.target),[r,s]=v(""),l=Se(n)&&!e.stranger;return i`<${ke} title=${`Request ${e.number}`} onClose=${t}>
    <p class="mono wrap">${e.method} ${e.target}</p>
    <p class="row"><${Ze} status=${e.status} /> <span>${U(e.at)}</span> <span>${vt(e.milliseconds)}</span>
      ${e.faults.map(d=>i`<${z} kind="warn" key=${d}>fault ${d}<//>`)}</p>
    ${e.message&&i`<p class="note">${e.message}</p>`}
    <${$e} steps=${e.steps} all=${e.all} wide />
    ${Se(n)&&i`<section><h3>How it was read</h3><${kr} request=${e} pairs=${o} /></section>`}
    <section><h3>As a command</h3><${De} label="curl" text=${Sa(e.method,ka(e.target),Z.value||"YOUR_KEY")} /></section>
    ${!e.stranger&&i`<section><h3>Fail the next one like this</h3><${Sr} path=${n} pairs=${o} /></section>`}
    ${l&&i`<section><h3>Why is a contact in the answer, or not?</h3>
      <${Cr} query=${a} contact=${r} setContact=${s} /></section>
    <section><h3>The answer now</h3><${xr} query=${a} onWhy=${d=>{s(d),document.querySelector("[list=known-contacts]")?.focus()}} /></section>`}
  <//>`}var Ia={all:["All",()=>!0],errors:["Refused or failed",e=>e.status===0||e.status>=400],faults:["Met by a fault",e=>e.faults.length>0],ignored:["With ignored parameters",e=>e.ignored.length>0],strangers:["Without a key, or to unknown paths",e=>e.stranger]};function Ha({request:e}){let{path:t,pairs:n}=Ct(e.target);return i`<span class="chips line">
    ${!Se(t)&&i`<span class="mono">${t}</span>`}
    ${n.map(([a,o],r)=>i`<${z} key=${r} kind=${e.ignored.includes(a)?"bad":""}
      title=${e.ignored.includes(a)?`${a} is ignored`:`${a}=${o}`}>
      ${e.ignored.includes(a)&&i`<span class="sr">ignored: </span>`}${a}=${o}<//>`)}
    ${!n.length&&Se(t)&&i`<span class="dim">no parameters</span>`}
  </span>`}var Tr=({request:e})=>e.faults.map(t=>i`<${z} kind="warn" key=${t}>fault ${t}<//>`),Ba=[{name:"at",title:"Time",width:"7rem",cell:e=>i`<span class="mono">${ln(e.at)}</span>`},{name:"status",title:"Status",width:"3.5rem",cell:e=>i`<${Ze} status=${e.status} />`},{name:"method",title:"Method",width:"4rem",cell:e=>i`<span class="mono dim">${e.method}</span>`},{name:"query",title:"Query",width:"minmax(14rem, 3fr)",cell:e=>i`<${Ha} request=${e} />`},{name:"steps",title:"What each filter left",width:"minmax(15rem, 2fr)",cell:e=>e.steps.length?i`<${$e} steps=${e.steps} all=${e.all} />`:i`<span class="dim">${e.message}</span>`},{name:"faults",title:"Faults",width:"5.5rem",cell:e=>i`<${Tr} request=${e} />`},{name:"took",title:"Took",width:"5rem",cell:e=>i`<span class="mono">${vt(e.milliseconds)}</span>`}],Or=[Ba[1],{name:"what",title:"Query, and what each filter left",width:"minmax(0, 1fr)",cell:e=>i`<span class="two"><${Ha} request=${e} />
      ${e.steps.length?i`<${$e} steps=${e.steps} all=${e.all} />`:i`<span class="dim">${e.message||ln(e.at)}</span>`}</span>`}];function Va(){let[e,t]=v("all"),[n,a]=v(""),[o,r]=v(null),[s,l]=v(null),d=kt(),[p,c]=P(async()=>{await G("/requests"),await G("/requests/strangers"),pn(),o&&r([]),N("The record is empty.")}),f=o??qe.value,m=de(()=>f.filter(h=>Ia[e][1](h)&&(!n||h.target.includes(n))),[f,e,n]),u=bt.value;return i`<${J} title="Requests" about=${`${T(cn.value,"request")} with this key since the record was cleared.`}
    actions=${i`<${te} label="Hold" checked=${o!==null} on=${h=>r(h?qe.value:null)} />
      <${k} onClick=${p} disabled=${c}>Clear the record<//>`}>
    <div class="row">
      <${_} label="Show" as="select" value=${e} on=${t}>
        ${Object.entries(Ia).map(([h,[$]])=>i`<option key=${h} value=${h}>${$}</option>`)}
      <//>
      <${_} label="Path and query contain" type="search" value=${n} on=${a} placeholder="updated_after" />
    </div>
    ${u>0&&i`<p class="note">${T(u,"request")} came too fast to be shown. The record has the last ones.</p>`}
    ${m.length?i`<${xt} label="Requests, newest first" columns=${d?Or:Ba} count=${m.length} height=${d?64:40}
          row=${h=>m[h]} rowKey=${h=>h.id} onOpen=${l}
          rowClass=${h=>h.stranger?"stranger":""} />`:i`<${K}>${f.length?"No request is of this kind.":"No request yet. As soon as your client asks, it shows here."}<//>`}
    ${s&&i`<${Wa} request=${s} onClose=${()=>l(null)} />`}
  <//>`}var Er={documented:"good",observed:"good",measured:"good",reconciled:"",inferred:"",assumed:"warn",ours:""};function kn({text:e,slugs:t}){return e.split(/(`[^`]+`)/).map((n,a)=>{if(!n.startsWith("`"))return n;let o=n.slice(1,-1);return t.has(o)?i`<a key=${a} href=${le("rules",o)}>${o}</a>`:i`<code key=${a}>${o}</code>`})}function jr({rule:e,slugs:t,chosen:n}){return i`<article class=${n?"rule chosen":"rule"} id=${`rule-${e.slug}`} aria-labelledby=${`slug-${e.slug}`}>
    <header><h2 class="mono" id=${`slug-${e.slug}`}><a href=${le("rules",e.slug)}>${e.slug}</a></h2>
      <${z} kind=${Er[e.grade]??""}>${e.grade}<//>
      ${e.measured&&i`<${z} kind="good">${e.measured}<//>`}</header>
    ${e.sources&&i`<p class="dim">Sources say: <${kn} text=${e.sources} slugs=${t} /></p>`}
    <p>${e.sources&&i`<span class="dim">Here: </span>`}<${kn} text=${e.rule} slugs=${t} /></p>
    ${e.because&&i`<p class="dim">Because <${kn} text=${e.because} slugs=${t} /></p>`}
  </article>`}function Ar(){let{data:e}=D(n=>j("/dialect",{},n),[],{on:[]});if(!e||!e.file&&!e.rules.length)return null;let t=[...Object.entries(e.open).map(n=>["open",...n]),...Object.entries(e.beyond).map(n=>["beyond",...n])];return i`<${I} title="The dialect">
    <p>${e.file&&i`<span class="mono">${e.file}</span>`} ${e.made_on&&`of ${e.made_on}`}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Rules that are spoken otherwise"><table class="plain">
      <thead><tr><th>Rule</th><th>Value</th><th>Grade</th><th>Measured on</th></tr></thead>
      <tbody>${e.rules.map(n=>i`<tr key=${n.slug}><th scope="row" class="mono"><a href=${le("rules",n.slug)}>${n.slug}</a></th>
        <td class="mono">${JSON.stringify(n.value)}</td><td>${n.grade}</td><td>${n.on}</td></tr>`)}
        ${t.map(([n,a,o])=>i`<tr key=${a}><th scope="row" class="mono">${a}</th><td colspan="2">${o}</td><td>${n}</td></tr>`)}
      </tbody>
    </table></div>
  <//>`}function Ga(){let e=St.value.parts[0]??"",[t,n]=v(""),[a,o]=v(""),{data:r=[],problem:s}=D(c=>j("/rules",{},c),[],{on:[]});R(()=>{n(""),o("")},[e]),R(()=>{document.getElementById(`rule-${e}`)?.scrollIntoView({block:"center"})},[e,r,t,a]);let l=t.toLowerCase(),d=new Set(r.map(c=>c.slug)),p=r.filter(c=>(!a||c.grade===a)&&(!l||Object.values(c).join(" ").toLowerCase().includes(l)));return i`<${J} title="Rules" about="What the mock does where the vendor's documents leave it open, how firm the ground is, and why.">
    <${Ar} />
    <div class="row">
      <${_} label="Slug or text contains" type="search" value=${t} on=${n} />
      <${_} label="Grade" as="select" value=${a} on=${o}><option value="">any</option>
        ${[...new Set(r.map(c=>c.grade))].map(c=>i`<option key=${c}>${c}</option>`)}<//>
      <p class="dim" role="status">${T(p.length,"rule")}</p>
    </div>
    <${A} problem=${s} />
    ${p.map(c=>i`<${jr} key=${c.slug} rule=${c} slugs=${d} chosen=${c.slug===e} />`)}
    ${r.length>0&&!p.length&&i`<${K}>No rule says so.<//>`}
  <//>`}var Mr=64<<20,xn="wanted a file that vambe-mock sync-check --json FILE has written";async function Ka(e){if(e.size>Mr)throw new Error(`${e.name} has more than 64 MiB; ${xn}`);let t;try{t=JSON.parse(await e.text())}catch{throw new Error(`${e.name} is no JSON; ${xn}`)}if(!(Array.isArray(t?.hazards)&&t.hazards.length>0&&t.hazards.every(a=>typeof a?.slug=="string"&&typeof a.verdict=="string")))throw new Error(`${e.name} is JSON, but no report of a sync check; ${xn}`);return{name:e.name,...t}}var Te=e=>e.verdict==="lost"||e.verdict==="failed",Ce=e=>Array.isArray(e)?e:[],Cn=e=>typeof e=="string"?e:"";function Tn(e){return["lost","stale","doubled","ghosts"].map(t=>[Ce(e[t]).length,t]).filter(([t])=>t).map(([t,n])=>`${C(t)} ${n}`).join(", ")}var Ja=42,Sn=34,Ya=74;function Za(e){let t=Ce(e.requests),n=[...new Set([...Ce(e.polls).map(l=>l.poll),...t.map(l=>l.poll)])].sort((l,d)=>l-d),a=new Map(n.map((l,d)=>[l,Sn+d*Ja])),o=Math.max(16,Math.min(56,900/Math.max(1,t.length+n.length))),r=[],s=Ya;return t.forEach((l,d)=>{d&&(s+=o*(l.poll===t[d-1].poll?1:1.8)),r.push(s)}),{requests:t,polls:n,lane:a,step:o,lefts:r,width:Math.max(s+o*2.5,320),height:Sn+n.length*Ja+6}}function Qa(e,t){let n=t.requests.flatMap((a,o)=>a.poll<e.poll||a.poll===e.poll&&(!e.place||a.place<=e.place)?[o]:[]);return n.length?t.lefts[n.at(-1)]+t.step:Ya-4}function On({told:e,label:t}){let n=Za(e),{requests:a,polls:o,lane:r,step:s,lefts:l,width:d,height:p}=n,c=Ce(e.changes),f=Ce(e.wrong)[0],m=Ce(f?.listed).filter(h=>h<a.length),u=h=>[l[h]+s/2-1,r.get(a[h].poll)+11];return i`<div class="story" tabindex="0" role="group" aria-label=${`Time line of ${t}`}>
    <svg width=${d} height=${p} viewBox=${`0 0 ${d} ${p}`} role="img"
      aria-label=${`${T(o.length,"poll")}, ${T(a.length,"request")}, ${T(c.length,"change")}; told in words below`}>
      ${f&&i`<text class="strong" x="8" y="15">${`● ${Nr(f)} (${f.what}): ${m.length?`listed ${T(m.length,"time")}`:"never listed"}`}</text>`}
      ${o.map(h=>{let $=l.filter((g,y)=>a[y].poll===h);return i`<g key=${h}><text x="8" y=${r.get(h)+15}>poll ${h}</text>
          ${$.length>0&&i`<rect class="poll-lane" x=${$[0]-4} y=${r.get(h)-4} width=${$.at(-1)-$[0]+s+6} height="30" rx="4" />`}</g>`})}
      ${a.map((h,$)=>i`<rect key=${$} class=${h.whole?"whole":"spoilt"} x=${l[$]} y=${r.get(h.poll)}
        width=${s-3} height="22" rx="3"><title>${Xa(h)}</title></rect>`)}
      ${c.map((h,$)=>{let g=Qa(h,n)-1.5,y=r.get(h.poll)??Sn;return i`<g key=${$}><line class="change" x1=${g} x2=${g} y1=${y-8} y2=${y+28} />
          <circle class="flag" cx=${g} cy=${y-9} r="8"><title>${Cn(h.what)}</title></circle>
          <text class="flag-text" x=${g} y=${y-5} text-anchor="middle">${$+1}</text></g>`})}
      ${m.length>1&&i`<polyline class="path" points=${m.map(h=>u(h).join(",")).join(" ")} />`}
      ${m.map(h=>i`<circle key=${h} class="has" cx=${u(h)[0]} cy=${u(h)[1]} r="5" />`)}
    </svg>
  </div>`}var Nr=e=>typeof e.contact=="number"?`contact ${e.contact}`:Cn(e.id),Xa=e=>`${e.query??""}: ${e.status||"no answer"}, ${T(e.contacts??0,"contact")}${e.whole?"":", not whole"}`;function eo({told:e}){let t=Za(e),n=[...t.requests.map((a,o)=>({x:t.lefts[o],text:`Poll ${a.poll}, request ${a.place}: ${Xa(a)}`})),...Ce(e.changes).map((a,o)=>({x:Qa(a,t)-.5,text:`Change ${o+1}: ${Cn(a.what)}`}))].sort((a,o)=>a.x-o.x);return i`<ol class="happenings">${n.map((a,o)=>i`<li key=${o}>${a.text}</li>`)}
    ${e.left_out>0&&i`<li>${T(e.left_out,"more request")}, not in the report</li>`}</ol>`}var tt="created_after=1970-01-01T00:00:00Z";function qr(){let[e,t]=v(tt),[n,a]=v(tt),{data:o,problem:r,reload:s}=D(f=>j("/delivered/summary",{scope:e},f),[e],{on:["changes","arrivals"],every:1e3}),[l,d,p]=P(async f=>{await(f?gt("/delivered",{}):G("/delivered")),f||(t(tt),a(tt)),await s(),N(f?"From now on it is noted what is delivered.":"What is delivered is no longer noted.")}),c=i`<form class="scope" onSubmit=${f=>{f.preventDefault(),t(n.trim()||tt)}}>
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
        <p><strong>${C(o.present)}</strong> of ${T(o.contacts,"contact")} delivered in the present version</p>
        <progress max=${Math.max(1,o.contacts)} value=${o.contacts?o.present:1} aria-label="Delivered in the present version"></progress>
      </div>
      <dl class="figures">
        ${[["never delivered",o.lost],["only an older version",o.stale],["whole answers",o.whole],["spoilt answers",o.spoilt]].map(([f,m])=>i`<div key=${f}><dt>${f}</dt><dd>${C(m)}</dd></div>`)}
      </dl>
      ${o.missing.length===0?i`<${K}>The client has had every contact as it is now.<//>`:i`<div class="scroll" tabindex="0" role="group" aria-label="Contacts that the client has not got">
          <table class="plain-table missing"><thead><tr><th>contact</th><th>has</th><th class="wide-only">changed at</th><th>why not</th></tr></thead>
          <tbody>${o.missing.map(f=>i`<tr key=${f.id}>
            <td class="who">${Me(f.name||f.id,40)}</td>
            <td><${z} kind=${f.delivered?"warn":"bad"}>${f.delivered?"an older one":"nothing"}<//></td>
            <td class="mono wide-only">${U(f.updated_at)}</td>
            <td class="why">${f.why}${f.query!==null&&i` <code class="dim">${f.query}</code>`}</td>
          </tr>`)}</tbody></table></div>
        ${o.contacts-o.present>o.missing.length&&i`<p class="dim">These are the ${o.missing.length} that changed last.</p>`}`}`}
  <//>`}var Pr={survived:"good",lost:"bad",failed:"bad"};function Dr({hazard:e,first:t}){let[n,a]=v(t),{timeline:o}=e;return i`<details class="hazard" open=${n} onToggle=${r=>a(r.currentTarget.open)}>
    <summary><span class="slug">${e.slug}</span><${z} kind=${Pr[e.verdict]??""}>${e.verdict}<//>
      <span class="dim">${[Tn(e),e.requests&&T(e.requests,"request")].filter(Boolean).join(" · ")}</span></summary>
    ${n&&i`<div class="hazard-body">
      ${e.why&&i`<p class="dim">${e.why}</p>`}
      ${e.happened&&i`<p>What happened: ${e.happened}.</p>`}
      ${o?.requests?.length?i`<${On} told=${o} label=${e.slug} />
          <details><summary>In words</summary><${eo} told=${o} /></details>`:i`<p class="dim">${o?"The client sent no request.":"No time line: the report was written by an earlier version."}</p>`}
      ${Te(e)&&e.survive&&i`<p>To survive it: ${e.survive}</p>`}
      ${[...e.blind??[],...e.manners??[]].map(r=>i`<p class="note" key=${r}>${r}</p>`)}
    </div>`}
  </details>`}function Rr({history:e}){return i`<section class="hazard" aria-label=${`History ${e.number}`}>
    <div class="hazard-body"><h3>History ${e.number} loses: ${Tn(e)}</h3>
      <p>What happened: ${e.happened}.</p>
      ${e.steps&&i`<ol class="happenings">${e.steps.map((t,n)=>i`<li key=${n}>${t}</li>`)}</ol>`}
      ${e.timeline?.requests?.length>0&&i`<${On} told=${e.timeline} label=${`history ${e.number}`} />`}
    </div></section>`}function Lr(){let[e,t]=v(null),[n,a]=v(!1),[o,,r]=P(async p=>{if(!p)return;t(null);let c=await Ka(p);t(c),N(`${c.name}: ${T(c.hazards.length,"hazard")}, ${C(c.hazards.filter(Te).length)} not survived.`)});R(()=>{let p=m=>{m.dataTransfer?.types.includes("Files")&&(m.preventDefault(),a(m.type==="dragover"))},f={dragover:p,dragleave:p,drop:m=>{p(m),o(m.dataTransfer?.files[0])}};for(let[m,u]of Object.entries(f))addEventListener(m,u);return()=>{for(let[m,u]of Object.entries(f))removeEventListener(m,u)}},[]);let s=e?.hazards??[],l=s.filter(p=>p.verdict!=="not met"),d=[...s.filter(Te),...s.filter(p=>!Te(p))];return i`<${I} title="A report of sync-check">
    <div class=${n?"drop is-over":"drop"}>
      <${_} label="Drop the JSON report anywhere on this page, or choose it" type="file" accept=".json,application/json"
        onChange=${p=>o(p.target.files[0])} />
    </div>
    <${A} problem=${r} />
    ${!e&&i`<${De} label="The command that writes a report" text="vambe-mock sync-check --json report.json -- python my_sync.py" />`}
    ${e&&i`<div>
      <p><strong>${C(l.filter(p=>!Te(p)).length)}</strong> of ${T(l.length,"hazard")} survived, ${C(s.length-l.length)} not met.
        <span class="dim"> ${e.name}</span></p>
      <div class="key"><span><i class="in"></i>a whole answer</span><span><i class="spoilt"></i>a spoilt one</span><span><i class="next"></i>a change</span><span><i class="has"></i>the contact was listed</span></div>
      ${e.history&&i`<${Rr} history=${e.history} />`}
      ${d.map((p,c)=>i`<${Dr} key=${p.slug} hazard=${p} first=${c<3&&Te(p)} />`)}
    </div>`}
  <//>`}function to(){return i`<${J} title="Sync" about="Whether a client that copies the contacts has all of them as they are now.">
    <${qr} />
    <${Lr} />
  <//>`}function no(){let e=ee(null);return Ie(()=>{e.current.replaceChildren(document.getElementById("links").content.cloneNode(!0))},[]),i`<${J} title="API" about="All that this page does, it does with the admin API.">
    <ul class="links" ref=${e}></ul>
  <//>`}var Rt={requests:["Requests",Va],contacts:["Contacts",qa],clock:["Clock",ya],faults:["Faults & triggers",za],sync:["Sync",to],data:["Organisations & data",Pa],rules:["Rules",Ga],links:["API",no]};function Ur(){let[e,t]=v("");return i`<${ke} title="Token" kind="small">
    <form onSubmit=${n=>{n.preventDefault(),pe.value=e.trim(),fe.value=!1}}>
      <p>The admin API needs the token that the server printed at its start. It is kept in this page alone.</p>
      ${an.value&&i`<p class="problem" role="alert">That is not the token of this server.</p>`}
      <${_} label="Token" type="password" autocomplete="off" required value=${e} on=${t} />
      <div class="actions"><button class="button primary" type="submit">Use it</button></div>
    </form>
  <//>`}function zr(){let{data:e}=D(()=>j("/clock")),[t,n]=v(0),[,a]=v(0);if(R(()=>n(performance.now()),[e]),R(()=>{let s=setInterval(()=>e&&!e.frozen&&a(l=>l+1),1e3);return()=>clearInterval(s)},[e]),!e)return null;let o=e.frozen||!t?0:performance.now()-t,r=new Date(Date.parse(e.now)+o).toISOString();return i`<a class="now" href=${le("clock")}><span class="dim">${e.frozen?"frozen at":"now"}</span> ${U(r)}</a>`}var Fr={live:"live",connecting:"connecting",lost:"no connection"};function ao(){R(()=>ma(),[]);let{view:e}=St.value,[t,n]=Rt[e]??Rt.requests;return R(()=>{document.title=`${t} · vambe-mock`,document.querySelector(".side [aria-current]")?.scrollIntoView({block:"nearest",inline:"center"})},[t]),i`
    <a class="skip" href="#main" onClick=${a=>{a.preventDefault(),document.getElementById("main").focus()}}>Skip to the content</a>
    <header class="top">
      <a class="brand" href=${le("requests")}>vambe-mock <span class="dim">${la}</span></a>
      <span class="space"></span>
      ${Z.value&&i`<a class="chip warn" href=${le("data")}>${Ye.value}</a>`}
      ${!fe.value&&i`<${zr} />`}
      <span class=${`live is-${Ne.value}`} role="status">${Fr[Ne.value]}</span>
    </header>
    <nav class="side" aria-label="Views">
      ${Object.entries(Rt).map(([a,[o]])=>i`<a key=${a} href=${le(a)}
        aria-current=${Rt[e]&&a===e?"page":void 0}>${o}</a>`)}
    </nav>
    <main id="main" tabindex="-1">${!fe.value&&i`<${n} key=${e} />`}</main>
    <${fn} />
    ${fe.value&&i`<${Ur} />`}
  `}zn(i`<${ao} />`,document.getElementById("app"));
