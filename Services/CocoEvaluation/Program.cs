using QatPipeline.CocoEvaluation.Scoring;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => { });
builder.Services.AddSingleton<GroundTruthCache>();
builder.Services.AddGrpc();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<ScoringService>();
app.Run();
