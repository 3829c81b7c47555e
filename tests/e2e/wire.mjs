import { openBrowser } from './harness.mjs';
const base=process.argv[2]; const b = await openBrowser();
for (const path of process.argv.slice(3)) for (const width of [390,1280]) {
 const ctx = await b.newContext({viewport:{width,height:844}, deviceScaleFactor: width===390?2:1}); const p = await ctx.newPage(); const c = await ctx.newCDPSession(p); await c.send('Network.enable');
 const urls={}; let total=0; const rows=[];
 c.on('Network.responseReceived',e=>{urls[e.requestId]=e.response.url+' '+e.response.status});
 c.on('Network.loadingFinished',e=>{ total+=e.encodedDataLength; rows.push([e.encodedDataLength,urls[e.requestId]]) });
 await p.goto(base+path,{waitUntil:'networkidle'}); 
 console.log(path,width,'bytes',total,'requests',rows.length); for(const r of rows) console.log('   ',r[0],r[1].slice(base.length));
 await ctx.close(); }
await b.close();
