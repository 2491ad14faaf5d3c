using QatPipeline.Gateway;
using QatPipeline.Gateway.Api;
using QatPipeline.Gateway.Rpc;
using QatPipeline.Gateway.Web;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddRunTracking().AddTrigger());
builder.AddApplicationServices();

var app = builder.Build();
app.UseExceptionHandler();
app.MapDefaultEndpoints();
app.UseAntiforgery();
app.MapOpenApi();
app.MapRuns();
app.MapPages();
app.MapGrpcService<GatewayService>();
app.Run();
