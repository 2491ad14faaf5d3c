using QatPipeline.Coco.Images;
using QatPipeline.Gateway;
using QatPipeline.Gateway.Api;
using QatPipeline.Gateway.Rpc;
using QatPipeline.Gateway.Web;
using QatPipeline.ServiceDefaults.Natives;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddRunTracking().AddTrigger().AddWorkerWatch());
builder.AddNatives(SkiaNative.Component);
builder.AddApplicationServices();

var app = builder.Build();
app.UseExceptionHandler();
app.MapDefaultEndpoints();
app.UseAntiforgery();
app.MapOpenApi();
app.MapRuns();
app.MapPages();
app.MapLogin();
app.MapGrpcService<GatewayService>();
app.Run();
